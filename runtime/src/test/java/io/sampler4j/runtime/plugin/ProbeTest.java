package io.sampler4j.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that look well and behave badly: each is found out in a JVM of its own, which may not outlive it. */
class ProbeTest {
    /** The second leaves room for a busy machine to load PF4J, and is waited for by those that never come back. */
    private static final Duration LONG = Duration.ofSeconds(30), SHORT = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    /** A plugin with one sampler, which is this body of its loop. */
    static Jars sampler(Path folder, String body) {
        return sampler(folder, body, "");
    }

    static Jars sampler(Path folder, String body, String members) {
        return Jars.in(folder).id("test.bad").source("acme.Good", Jars.contribution("""
                                return List.of(Offer.of(DiffusionSampler.class, "bad", o -> new DiffusionSampler() {
                                    public void sample(Denoiser D, NoiseGrid grid, io.sampler4j.api.Tensor x, io.sampler4j.api.TensorRun run) {
                                        for (int i = 0; i < grid.steps(); i++) {
                                            %s
                                            run.step(i, x);
                                        }
                                    }
                                }));
                                """.formatted(body), members));
    }

    /** A plugin whose only sampler this expression makes, options at hand as o. */
    static Jars made(Path folder, String expression, String members) {
        return Jars.in(folder)
                .id("test.bad")
                .source(
                        "acme.Good",
                        Jars.contribution(
                                "return List.of(Offer.of(DiffusionSampler.class, \"bad\", o -> { %s }));"
                                        .formatted(expression),
                                members));
    }

    static Jars token(Path folder, String body) {
        return Jars.in(folder).id("test.bad").source("acme.Good", Jars.contribution("""
                                return List.of(Offer.of(io.sampler4j.api.token.TokenSampler.class, "bad", o -> new io.sampler4j.api.token.TokenSampler() {
                                    public io.sampler4j.api.token.Query asks() { return io.sampler4j.api.token.Query.token(); }
                                    public void sample(io.sampler4j.api.token.TokenDenoiser D, io.sampler4j.api.token.TokenGrid grid,
                                            io.sampler4j.api.token.Canvas x, io.sampler4j.api.token.CanvasRun run) {
                                        %s
                                    }
                                }));
                                """.formatted(body)));
    }

    /** @param slow whether it is found by the clock, so that a short limit does */
    record Poison(String name, Jars jar, boolean slow, String problem, String remedy) {}

    static List<Poison> poisons(Path folder) {
        String nothing = "return (D, g, x, r) -> {};";
        return List.of(
                new Poison(
                        "an endless loop where it is made",
                        made(folder, "while (true) {}", ""),
                        true,
                        "did not come back within 3 s while the sampler bad was made, in acme.Good",
                        "a loop without an end"),
                new Poison(
                        "an endless loop in a run",
                        sampler(folder, "while (grid.steps() > 0) D.denoise(x, grid.at(0), D.estimate(x));"),
                        true,
                        "while the sampler bad took two steps on a model of known answers, in acme.Good",
                        "a loop without an end"),
                new Poison(
                        "an endless wait in offers",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        Jars.contribution(
                                                "try { Thread.sleep(1000000); } catch (InterruptedException e) {} return null;")),
                        true,
                        "while it was loaded, in acme.Good.offers",
                        "a wait for something"),
                new Poison(
                        "memory without end where it is made",
                        made(
                                folder,
                                "List<long[]> all = new ArrayList<>(); while (true) all.add(new long[1 << 20]);",
                                ""),
                        false,
                        "more than 64 MiB of heap while the sampler bad was made",
                        "make buffers once"),
                new Poison(
                        "memory without end in a run, kept",
                        sampler(
                                folder,
                                "while (grid.steps() > 0) KEPT.add(new long[1 << 20]);",
                                "static final List<long[]> KEPT = new ArrayList<>();"),
                        false,
                        "more than 64 MiB of heap",
                        "make buffers once"),
                new Poison(
                        "System.exit behind the linter's back",
                        made(
                                folder,
                                "try { System.class.getMethod(\"ex\" + \"it\", int.class).invoke(null, 0); } catch (Exception e) {}"
                                        + nothing,
                                ""),
                        false,
                        "ended the JVM while the sampler bad was made",
                        "throw an exception"),
                new Poison(
                        "Runtime.halt behind the linter's back",
                        made(
                                folder,
                                "try { Runtime.class.getMethod(\"ha\" + \"lt\", int.class).invoke(Runtime.getRuntime(), 7); }"
                                        + " catch (Exception e) {}" + nothing,
                                ""),
                        false,
                        "ended the JVM with code 7 while the sampler bad was made",
                        "throw an exception"),
                new Poison(
                        "a thread",
                        made(
                                folder,
                                "Thread t = new Thread(() -> { while (true) Thread.onSpinWait(); }, \"my-own\"); t.setDaemon(true);"
                                        + " t.start();" + nothing,
                                ""),
                        false,
                        "started the thread \"my-own\"",
                        "on the thread that calls"),
                new Poison(
                        "a shutdown hook",
                        made(folder, "Runtime.getRuntime().addShutdownHook(new Thread(() -> {}));" + nothing, ""),
                        false,
                        "added a shutdown hook",
                        "leave it out"),
                new Poison(
                        "a ThreadLocal",
                        sampler(
                                folder,
                                "LOCAL.get()[0]++;",
                                "static final ThreadLocal<int[]> LOCAL = ThreadLocal.withInitial(() -> new int[1]);"),
                        false,
                        "leaves a ThreadLocal",
                        "remove() it"),
                new Poison(
                        "a ThreadLocal of a class of its own, in no static field",
                        sampler(folder, "new ThreadLocal<Object>().set(new Mine());", "static class Mine {}"),
                        false,
                        "leaves a ThreadLocal",
                        "remove() it"),
                new Poison(
                        "a tensor kept in the component",
                        made(folder, """
                                return new DiffusionSampler() {
                                    io.sampler4j.api.Tensor kept;
                                    public void sample(Denoiser D, NoiseGrid grid, io.sampler4j.api.Tensor x, io.sampler4j.api.TensorRun run) {
                                        if (kept == null) kept = x.like();
                                        for (int i = 0; i < grid.steps(); i++) run.step(i, x);
                                    }
                                };
                                """, ""),
                        false,
                        "keeps 1 tensors, canvases or runs",
                        "in local variables"),
                new Poison(
                        "classes that something of the JVM's holds",
                        made(
                                folder,
                                "java.util.logging.Logger.getLogger(\"\").addHandler(new Held());" + nothing,
                                "static class Held extends java.util.logging.Handler { public void publish(java.util.logging.LogRecord r) {}"
                                        + " public void flush() {} public void close() {} }"),
                        false,
                        "classes cannot be unloaded",
                        "Plugin.stop()"),
                new Poison(
                        "null for a component",
                        made(folder, "return null;", ""),
                        false,
                        "the sampler bad cannot be made: java.lang.NullPointerException: its factory returned null",
                        "must give a component"),
                new Poison(
                        "null for its needs",
                        made(folder, """
                                return new DiffusionSampler() {
                                    @Override public Needs needs() { return null; }
                                    public void sample(Denoiser D, NoiseGrid grid, io.sampler4j.api.Tensor x, io.sampler4j.api.TensorRun run) {}
                                };
                                """, ""),
                        false,
                        "needs() returns null",
                        "no method of the API may"),
                new Poison(
                        "NaN",
                        sampler(folder, "x.set(0.0 / 0.0, x);"),
                        false,
                        "the sampler bad broke a promise: its state is not finite after step 0 (from 0): it holds NaN",
                        "division by zero"),
                new Poison(
                        "a check that throws",
                        made(folder, """
                                return new DiffusionSampler() {
                                    @Override public void check(Denoiser D, NoiseGrid g, io.sampler4j.api.Tensor x, io.sampler4j.api.Refusals r) {
                                        throw new IllegalStateException("unchecked");
                                    }
                                    public void sample(Denoiser D, NoiseGrid grid, io.sampler4j.api.Tensor x, io.sampler4j.api.TensorRun run) {}
                                };
                                """, ""),
                        false,
                        "the sampler bad throws java.lang.IllegalStateException: unchecked at acme.Good",
                        "let its check() refuse"),
                new Poison(
                        "an option value that it forgot",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        Jars.contribution(
                                                """
                                                return List.of(Offer.of(DiffusionSampler.class, "bad", o -> {
                                                    if (o.get(KIND).equals("b")) throw new IllegalStateException("never heard of it");
                                                    return (D, g, x, r) -> {};
                                                }, KIND));
                                                """,
                                                "static final Option<String> KIND = Option.oneOf(\"kind\", List.of(\"a\", \"b\"), \"\");")),
                        false,
                        "the sampler bad with kind=b cannot be made: java.lang.IllegalStateException: never heard of it",
                        "every value in the options' ranges"),
                new Poison(
                        "a grid that climbs",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        Jars.contribution(
                                                "return List.of(Offer.of(NoiseScheduler.class, \"bad\", o -> (p, n) ->"
                                                        + " NoiseGrid.of(p.coordinates(), 0, 1, 2)));")),
                        false,
                        "level 1 of its grid has sigma/alpha = 1.0 after 0.0",
                        "from noise to data"),
                new Poison(
                        "a token before the canvas",
                        token(folder, "x.settle(-1, 0, 1); run.step(0, x);"),
                        false,
                        "settles position -1 of a canvas that ends at 7",
                        "positions of Rows"),
                new Poison(
                        "a token in place of the prompt's",
                        token(folder, "x.settle(0, 0, 1); run.step(0, x);"),
                        false,
                        "settles position 0, which was given",
                        "positions of Rows"),
                new Poison(
                        "positions that stay masked",
                        token(folder, "run.step(0, x);"),
                        false,
                        "leaves 6 positions masked",
                        "settle every position"));
    }

    private JarLint lint(Path jar, Staging staging) {
        JarLint lint = JarLint.of(jar, staging, AllowList.read(Optional.empty()), Map.of());
        assertThat(lint.problem()).as("what the linter sees").isEmpty();
        return lint;
    }

    private Verdict probe(Path jar, Duration time) {
        try (Staging staging = Staging.open()) {
            JarLint lint = lint(jar, staging);
            Verdict verdict = new Probe(time, 64).of(lint);
            staging.release(lint.sha256());
            return verdict;
        }
    }

    @TestFactory
    Stream<DynamicTest> aProbeFinds() {
        return poisons(folder).stream()
                .map(poison -> DynamicTest.dynamicTest(poison.name(), () -> {
                    Verdict verdict = probe(poison.jar().write("bad.jar"), poison.slow() ? SHORT : LONG);
                    assertThat(verdict.problem()).contains(poison.problem());
                    assertThat(verdict.remedy()).contains(poison.remedy());
                }));
    }

    @Test
    void aGoodPluginPassesAndNothingIsLeftOfItsProbe() throws IOException {
        Path jar = sampler(folder, "System.out.println(\"not heard\"); x.set(0.5, x);")
                .write("good.jar");
        assertThat(probe(jar, LONG)).isEqualTo(new Verdict("", "", List.of()));
        try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            String own = String.valueOf(ProcessHandle.current().pid());
            assertThat(left.filter(p -> p.getFileName().toString().startsWith("sampler4j-probe-" + own + "-")))
                    .isEmpty();
        }
    }

    @Test
    void whatAComponentRefusesIsNotedAndNoFault() throws IOException {
        Path jar = made(folder, "throw new IllegalArgumentException(\"say which\");", "")
                .write("good.jar");
        assertThat(probe(jar, LONG))
                .isEqualTo(new Verdict("", "", List.of("the sampler bad was not made: bad: say which")));
    }

    @Test
    void verdictsAreKeptForTheSameHostOnly() throws IOException {
        Verdict bad = new Verdict("it is äußerst bad", "mend\nit", List.of("one", "two"));
        new Verdicts(Optional.of(folder), "1.0").keep("abc", bad);
        assertThat(new Verdicts(Optional.of(folder), "1.0").find("abc")).contains(bad);
        assertThat(new Verdicts(Optional.of(folder), "1.1").find("abc")).isEmpty();
        assertThat(new Verdicts(Optional.of(folder), "1.0").find("abd")).isEmpty();
        Files.writeString(folder.resolve("abe.properties"), "host=1.0\nproblem=\\uZZZZ");
        assertThat(new Verdicts(Optional.of(folder), "1.0").find("abe")).isEmpty();
    }

    @Test
    void theHostsVersionNamesWhatAVerdictDependsOn() {
        assertThat(HostVersion.current())
                .contains(PluginHost.API_VERSION)
                .contains(Runtime.version().toString())
                .isEqualTo(HostVersion.current());
    }
}
