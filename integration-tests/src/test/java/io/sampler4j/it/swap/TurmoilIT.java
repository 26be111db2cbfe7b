package io.sampler4j.it.swap;

import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.it.Distribution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM of its own, since what is looked for is a crash, and a hang. */
class TurmoilIT {
    private static final long SECONDS = 180;

    @TempDir
    Path work;

    @Test
    void closingReloadingCancellingAndEndingAtAnyMomentCrashesAndHangsNothing() throws Exception {
        Path said = work.resolve("said");
        long seed = System.nanoTime();
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:ErrorFile=" + work.resolve("hs_err.log"),
                        "-Dsampler4j.distribution=" + Distribution.home(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Turmoil.class.getName(),
                        Distribution.models().toString(),
                        Files.createDirectory(work.resolve("turmoil")).toString(),
                        String.valueOf(seed))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        Process process = builder.start();
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        String stacks = ended ? "" : stacks(process);
        process.destroyForcibly();
        assertThat(ended).as("seed %d hangs:%n%s", seed, stacks).isTrue();
        assertThat(process.exitValue())
                .as("seed %d:%n%s", seed, Files.readString(said))
                .isZero();
        assertThat(work.resolve("hs_err.log")).doesNotExist();
    }

    private static String stacks(Process process) throws Exception {
        Process jstack = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jstack")
                                .toString(),
                        String.valueOf(process.pid()))
                .redirectErrorStream(true)
                .start();
        return new String(jstack.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
}
