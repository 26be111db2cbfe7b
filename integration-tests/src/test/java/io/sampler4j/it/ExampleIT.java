package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example application, built from published coordinates and run. */
class ExampleIT {
    private static final Path SOURCE = Path.of("example");

    @TempDir
    private Path folder;

    @Test
    void anApplicationWithPluginsOnItsClassPathDrawsTheBitsOfTheCommandLine() throws Exception {
        LocalRepository repository = LocalRepository.ofTheBuild();
        copy();
        Tool.Ended built = repository.maven(folder, "package", "-Dsampler4j.version=" + repository.version());
        assertThat(built.code()).as(built.out()).isZero();
        // Guice asks for 31.0.1, which has CVE-2023-2976.
        assertThat(folder.resolve("target/lib/guava-33.5.0-jre.jar")).exists();

        Path drawn = folder.resolve("number.npy");
        String output = run(Distribution.models().toString(), "2026", drawn.toString());
        assertThat(output.lines())
                .contains(
                        "io.sampler4j:ddim:" + repository.version() + " LIVE ",
                        "io.sampler4j:schedules:" + repository.version() + " LIVE ",
                        "io.sampler4j:guidance:" + repository.version() + " LIVE ");

        Path same = folder.resolve("same.npy");
        Tool.Ended tool = Tool.run(
                "generate",
                "--model",
                "digits-ddpm",
                "--sampler",
                "ddim",
                "--steps",
                "8",
                "--class",
                "2,0,2,6",
                "--count",
                "4",
                "--seed",
                "7",
                "-o",
                same.toString());
        assertThat(tool.code()).as(tool.err()).isZero();
        assertThat(drawn).hasSameBinaryContentAs(same);
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Process process = new ProcessBuilder(Stream.concat(
                                Stream.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-jar",
                                        folder.resolve("target/digits-1.0.0.jar")
                                                .toString()),
                                Stream.of(arguments))
                        .toList())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("still running: " + Files.readString(out));
        }
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        return Files.readString(out);
    }

    /** Its build writes into a folder of its own. */
    private void copy() throws IOException {
        try (Stream<Path> all = Files.walk(SOURCE)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                if (file.startsWith(SOURCE.resolve("target"))) continue;
                Path to = folder.resolve(SOURCE.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
    }
}
