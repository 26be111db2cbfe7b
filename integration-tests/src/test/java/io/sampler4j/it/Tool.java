package io.sampler4j.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line of the built distribution, as a process of its own. */
public final class Tool {
    private static final long SECONDS = 120;

    private Tool() {}

    /**
     * What a command ended with.
     *
     * @param code its exit code
     * @param out its standard output
     * @param err its error output
     */
    public record Ended(int code, String out, String err) {}

    /** Runs a command to its end. */
    public static Ended run(String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile("out", ".txt"), err = Files.createTempFile("err", ".txt");
        Process process = start(out, err, arguments);
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running: " + String.join(" ", arguments));
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    static Process start(Path out, Path err, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Distribution.home().resolve("bin/sampler4j").toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    }

    /** Starts a long command, interrupts it as Ctrl-C does once it is at work, and gives its exit code. */
    static int interrupted(Path out, Path err, String... arguments) throws IOException, InterruptedException {
        Process process = start(out, err, arguments);
        TimeUnit.SECONDS.sleep(3);
        if (!process.isAlive()) throw new AssertionError("ended by itself: " + String.join(" ", arguments));
        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                .start()
                .waitFor();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running after an interrupt: " + String.join(" ", arguments));
        }
        return process.exitValue();
    }

    static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
