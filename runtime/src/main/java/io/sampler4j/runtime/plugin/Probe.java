package io.sampler4j.runtime.plugin;

import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Tries a plugin in a JVM of its own, which has the host's class path and little heap, and which is ended when it takes
 * too long. What the plugin does to that JVM it cannot do to this one; what it does to the machine it can.
 */
final class Probe {
    /** Another class path for the JVM, where the host's own does not lead to its classes (some application servers). */
    private static final String CLASS_PATH = "sampler4j.probe.class-path";
    /** For the JVM to start and to end by itself, on a machine that is busy. */
    private static final Duration GRACE = Duration.ofSeconds(60);

    /** Loading, trying, looking over, unloading. */
    private static final int PHASES = 4;

    private static final int MESSAGE = 500;

    private final Duration time;
    private final int heap;

    /** @param heap in MiB */
    Probe(Duration time, int heap) {
        this.time = time;
        this.heap = heap;
    }

    /**
     * The verdict on a jar that was looked at and found good.
     *
     * @throws RefusedException if no JVM can be started for it, or this thread is interrupted meanwhile
     */
    Verdict of(JarLint jar) {
        Path work = null;
        try {
            work = Files.createTempDirectory(
                    "sampler4j-probe-" + ProcessHandle.current().pid() + "-");
            return run(jar, work);
        } catch (IOException e) {
            throw new RefusedException("a plugin cannot be tried in a JVM of its own (" + e + "): " + remedy(), e);
        } finally {
            if (work != null) delete(work);
        }
    }

    private static String remedy() {
        return "mend that, or open the host with PluginSettings.probing(NEVER), which loads plugins untried";
    }

    private Verdict run(JarLint jar, Path work) throws IOException {
        Path verdict = work.resolve("verdict"), messages = work.resolve("messages");
        ProcessBuilder builder = new ProcessBuilder(command(jar, verdict, work))
                .redirectErrorStream(true)
                .redirectOutput(messages.toFile());
        // An agent of the host's is not to come along.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        boolean ended;
        try {
            process.getOutputStream().close();
            ended = process.waitFor(time.multipliedBy(PHASES).plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException("the probe of " + jar.file() + " was interrupted: try again", e);
        } finally {
            process.destroyForcibly();
        }
        Optional<Verdict> found = Verdicts.read(verdict, ProbeMain.class.getName());
        if (found.isPresent()) return found.get();
        Path began = ProbeMain.began(verdict);
        if (ended && Files.notExists(began)) {
            throw new RefusedException("a plugin cannot be tried in a JVM of its own, which ended with code "
                    + process.exitValue() + " and said: " + said(messages) + ": " + remedy());
        }
        String doing = Files.exists(began) ? Files.readString(began) : "its JVM started";
        return Verdict.bad(
                ended
                        ? "it ended the JVM with code " + process.exitValue() + " while " + doing
                        : "it did not come back within " + seconds(time) + " while " + doing
                                + ", and its JVM had to be killed",
                ended
                        ? "throw an exception: the host ends the run and says why"
                        : "look for a loop without an end, or a wait for something that never comes");
    }

    static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    private List<String> command(JarLint jar, Path verdict, Path work) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-XX:MaxDirectMemorySize=" + heap + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:ErrorFile=" + work.resolve("crash"),
                // The probe looks for what a plugin left in threads and among shutdown hooks.
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + work,
                // Whatever the host logs with is not to be set up, and its files not to be written, twice.
                "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider"));
        command.addAll(List.of(
                "-cp",
                System.getProperty(CLASS_PATH, System.getProperty("java.class.path")),
                ProbeMain.class.getName(),
                jar.staged().toString(),
                jar.file().toString(),
                jar.sha256(),
                verdict.toString(),
                String.valueOf(time.toMillis()),
                String.valueOf(heap)));
        return command;
    }

    private static String said(Path messages) throws IOException {
        String all = new String(Files.readAllBytes(messages), StandardCharsets.UTF_8).strip();
        return all.length() > MESSAGE ? all.substring(0, MESSAGE) + " ..." : all;
    }

    private static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(p);
        } catch (IOException e) {
            PluginHost.LOG.warn("what a probe left in {} cannot be deleted", directory, e);
        }
    }
}
