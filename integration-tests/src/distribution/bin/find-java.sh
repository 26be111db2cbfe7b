# Read by the start scripts: sets `java` to a Java of 17 or later, from JAVA_HOME or the PATH, or ends with what is missing.

fail() {
    echo "sampler4j: $*" >&2
    exit 1
}

find_java() {
    needs="Java 17 or later is needed"
    if [ -n "${JAVA_HOME:-}" ]; then
        java=$JAVA_HOME/bin/java
        [ -x "$java" ] || fail "$needs, and JAVA_HOME ($JAVA_HOME) has no bin/java."
        release=$JAVA_HOME/release
    else
        java=$(command -v java) || fail "$needs: there is no java on the PATH, and JAVA_HOME is not set."
        release=$(readlink -f "$java" 2>/dev/null)
        release=${release%/bin/java}/release
    fi

    # The file that a JDK or JRE carries is read, so that Java is not started twice.
    version=
    if [ -r "$release" ]; then
        while IFS= read -r line || [ -n "$line" ]; do
            case $line in
                JAVA_VERSION=*) version=${line#JAVA_VERSION=} ;;
            esac
        done <"$release"
    fi
    [ -n "$version" ] || version=$("$java" -version 2>&1 | sed -n 's/.* version \("[^"]*"\).*/\1/p')
    version=${version#\"}
    version=${version%\"}
    major=${version#1.}
    major=${major%%[!0-9]*}
    [ -n "$major" ] || fail "$needs, and $java does not say which version it is."
    [ "$major" -ge 17 ] || fail "$needs, and $java is Java $version. Set JAVA_HOME to a newer one."
}
