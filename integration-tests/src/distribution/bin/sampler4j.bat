@echo off
setlocal
rem Starts sampler4j from a built distribution: needs a JRE of 17 or later, in JAVA_HOME or on the PATH.
rem JAVA_OPTS holds further options for the JVM.
set "DIST=%~dp0.."
for %%i in ("%DIST%") do set "DIST=%%~fi"
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
set ORT_DISABLE_TELEMETRY=1
set NATIVE=
if "%PROCESSOR_ARCHITECTURE%"=="AMD64" if exist "%DIST%\lib\native\win-x64" set NATIVE="-Donnxruntime.native.path=%DIST%\lib\native\win-x64"
"%JAVA%" -XX:+UseSerialGC -Dguice_bytecode_gen_option=DISABLED -Djava.awt.headless=true "-Dsampler4j.home=%DIST%" %NATIVE% %JAVA_OPTS% -jar "%DIST%\lib\sampler4j.jar" %*
exit /b %ERRORLEVEL%
