package io.sampler4j.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.runtime.plugin.Jars;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsCommandTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int plugins(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "plugins";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return new CommandLineTool(new Terminal(InputStream.nullInputStream(), print(out), print(err), false, Map.of()))
                .run(all);
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private Jars jar(String body) {
        return Jars.in(folder).source("acme.Good", Jars.contribution(body));
    }

    @Test
    void lintSaysWhatIsWrongWithoutLoading() throws Exception {
        Path good = Jars.good(folder, "test.good", "good").write("good.jar");
        Path exits = jar("System.exit(0); return List.of();").write("exits.jar");
        assertThat(plugins("lint", good.toString())).isEqualTo(ExitCode.OK);
        assertThat(said()).contains("test.good 1.0.0  CLEAN", "sha256:");
        assertThat(plugins("lint", good.toString(), exits.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(said()).contains("REFUSED", "calls java.lang.System.exit", "remedy:  throw an exception");
    }

    @Test
    void probeSaysWhatIsWrongWhenItRuns() throws Exception {
        Path bad = jar("return List.of(Offer.of(DiffusionSampler.class, \"bad\", o -> null));")
                .write("bad.jar");
        assertThat(plugins("probe", bad.toString(), "--json", "--time", "30")).isEqualTo(ExitCode.FAILED);
        JsonNode found = new ObjectMapper().readTree(said()).get(0);
        assertThat(found.path("ok").asBoolean()).isFalse();
        assertThat(found.path("problem").asText()).contains("the sampler bad cannot be made");
        assertThat(found.path("sha256").asText()).hasSize(64);
    }

    @Test
    void whatCannotBeAskedIsRefused() {
        assertThat(plugins("probe")).isEqualTo(ExitCode.REFUSED);
        assertThat(plugins("lint", folder.resolve("nowhere.jar").toString())).isEqualTo(ExitCode.REFUSED);
        assertThat(plugins("probe", "x.jar", "--heap", "3")).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("takes one jar or more", "there is no file", "--heap 16 or more");
    }

    @Test
    void watchingSaysALineForEachEventAndEndsWhenItIsInterrupted() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("plugins"));
        Path log = folder.resolve("log.jsonl");
        Path jar = Jars.good(folder, "test.late", "late").write("late.jar");
        CountDownLatch seen = new CountDownLatch(1);
        PrintStream told = new PrintStream(out, true, StandardCharsets.UTF_8) {
            @Override
            public void println(String line) {
                super.println(line);
                if (line.contains("+ test.late")) seen.countDown();
                if (line.contains("no plugins")) drop(jar, directory);
            }
        };
        AtomicInteger code = new AtomicInteger(-1);
        Thread watching = new Thread(() -> code.set(new CommandLineTool(
                        new Terminal(InputStream.nullInputStream(), told, print(err), false, Map.of()))
                .run(new String[] {
                    "plugins", "--watch", "--no-probe", "--log", log.toString(), "--plugins-dir", directory.toString()
                })));
        watching.start();
        seen.await();
        watching.interrupt();
        watching.join();
        assertThat(code).hasValue(ExitCode.OK);
        assertThat(said())
                .containsPattern("generation 2 is live, by watch \\(watch\\)")
                .contains("late.jar");
        assertThat(Files.readAllLines(log)).hasSize(2).last().asString().contains("\"cause\":\"watch\"");
    }

    private static void drop(Path jar, Path directory) {
        try {
            Files.copy(jar, directory.resolve("late.jar"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
