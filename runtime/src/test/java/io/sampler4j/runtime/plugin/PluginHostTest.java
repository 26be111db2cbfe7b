package io.sampler4j.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Offer;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class PluginHostTest {
    @TempDir
    Path folder;

    private static PluginReport report(PluginHost host, String file) {
        return host.reports().stream()
                .filter(r -> r.file().endsWith(file))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> samplers(PluginHost host) {
        try (PluginHost.Lease lease = host.lease()) {
            return lease.registry().offers().stream().map(Offer::name).toList();
        }
    }

    private record Poison(String name, Jars jar, String problem, String remedy) {}

    /** Each beside a good plugin, which stays. */
    @TestFactory
    List<DynamicTest> aBadPluginIsReportedAndBreaksNoOther() {
        String good = Jars.contribution("return List.of(" + Jars.offer("bad") + ");");
        List<Poison> poisons = List.of(
                new Poison(
                        "class files too new",
                        Jars.in(folder).source("acme.Good", good).classFileVersion(99),
                        "compiled for Java 55",
                        "--release 17"),
                new Poison(
                        "a throwing static initialiser",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        Jars.contribution(
                                                "return List.of();", "static final int A = Integer.parseInt(\"x\");")),
                        "NumberFormatException",
                        "must not throw"),
                new Poison(
                        "a throwing constructor",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        Jars.contribution(
                                                "return List.of();",
                                                "public Good() { throw new IllegalStateException(\"boom\"); }")),
                        "boom",
                        "must not throw"),
                new Poison(
                        "throwing offers",
                        Jars.in(folder)
                                .source("acme.Good", Jars.contribution("throw new IllegalStateException(\"bang\");")),
                        "bang",
                        "must not throw"),
                new Poison(
                        "null for offers",
                        Jars.in(folder).source("acme.Good", Jars.contribution("return null;")),
                        "offers nothing",
                        "list every component"),
                new Poison(
                        "the API bundled",
                        Jars.in(folder).source("acme.Good", good).entry("io/sampler4j/api/Tensor.class", new byte[8]),
                        "bundles io/sampler4j/api/Tensor.class",
                        "provided"),
                new Poison(
                        "no extension index",
                        Jars.in(folder).source("acme.Good", good).index(null),
                        "has no META-INF/extensions.idx",
                        "annotationProcessorPaths"),
                new Poison(
                        "a lying extension index",
                        Jars.in(folder).source("acme.Good", good).index("acme.Nobody"),
                        "acme.Nobody, which is not in it",
                        "build the jar again"),
                new Poison(
                        "two contributions",
                        Jars.in(folder).source("acme.Good", good).index("acme.Good\nacme.Other"),
                        "names 2 classes",
                        "one Contribution"),
                new Poison(
                        "an extension that is no contribution",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        "package acme; @org.pf4j.Extension public class Good implements org.pf4j.ExtensionPoint {}"),
                        "is no io.sampler4j.api.plugin.Contribution",
                        "implement that interface"),
                new Poison(
                        "a range of other APIs",
                        Jars.in(folder).source("acme.Good", good).requires(">=2.0.0 & <3.0.0"),
                        "needs a framework-api of >=2.0.0",
                        "fits the other"),
                new Poison(
                        "a range without an end",
                        Jars.in(folder).source("acme.Good", good).requires("1.0.0"),
                        "no upper end",
                        ">=1.0.0 & <2.0.0"),
                new Poison(
                        "a range that is none",
                        Jars.in(folder).source("acme.Good", good).requires("whatever"),
                        "is none",
                        ">=1.0.0 & <2.0.0"),
                new Poison(
                        "no description",
                        Jars.in(folder).source("acme.Good", good).undescribed(),
                        "has no Plugin-Id",
                        "Plugin-Requires"),
                new Poison(
                        "an id that is none",
                        Jars.in(folder).source("acme.Good", good).id("Böse ID"),
                        "is none",
                        "lower-case letters"),
                new Poison(
                        "an id that is taken",
                        Jars.in(folder).source("acme.Good", good).id("test.first"),
                        "another plugin of the id test.first",
                        "remove one"),
                new Poison(
                        "a name that is taken, in other case",
                        Jars.good(folder, "test.bad", "mine")
                                .source(
                                        "acme.Good",
                                        Jars.contribution(
                                                "return List.of(" + Jars.offer("other") + ".aliases(\"First\"));")),
                        "claims the sampler first",
                        "rename"),
                new Poison(
                        "a class of the host",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        Jars.contribution(
                                                "return List.of();",
                                                "final Object o = new com.fasterxml.jackson.databind.ObjectMapper();")),
                        "com.fasterxml.jackson",
                        "shade"));
        List<DynamicTest> tests = new ArrayList<>();
        for (Poison poison : poisons) {
            tests.add(DynamicTest.dynamicTest(poison.name(), () -> {
                clear();
                Jars.good(folder, "test.first", "first").write("a-first.jar");
                poison.jar().write("b-bad.jar");
                Jars.good(folder, "test.last", "last").write("c-last.jar");
                try (PluginHost host = PluginHost.open(List.of(folder))) {
                    PluginReport bad = report(host, "b-bad.jar");
                    assertThat(bad.state()).isEqualTo(PluginReport.State.REFUSED);
                    assertThat(bad.problem()).contains(poison.problem());
                    assertThat(bad.remedy()).contains(poison.remedy());
                    assertThat(samplers(host)).containsExactly("first", "last");
                }
            }));
        }
        return tests;
    }

    @Test
    void filesThatAreNoJarsAreReported() throws IOException {
        Path whole = Jars.good(folder, "test.good", "good").write("a.jar");
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(folder.resolve("cut.jar"), Arrays.copyOf(bytes, bytes.length / 2));
        Files.write(folder.resolve("empty.jar"), new byte[0]);
        Files.writeString(folder.resolve("text.jar"), "hello");
        try (PluginHost host = PluginHost.open(List.of(folder))) {
            for (String bad : List.of("cut.jar", "empty.jar", "text.jar")) {
                assertThat(report(host, bad).problem()).as(bad).contains("cannot be read as a jar");
            }
            assertThat(samplers(host)).containsExactly("good");
        }
    }

    @Test
    void whatIsLeftIsListedWhenASamplerIsGone() throws IOException {
        Path one = Jars.good(folder, "test.one", "ddim").write("one.jar");
        Jars.good(folder, "test.two", "ddpm").write("two.jar");
        try (PluginHost host = PluginHost.open(List.of(folder))) {
            byte[] kept = Files.readAllBytes(one);
            Files.delete(one);
            host.reload();
            try (PluginHost.Lease lease = host.lease()) {
                assertThatThrownBy(() -> lease.registry().make(DiffusionSampler.class, "ddim", Map.of()))
                        .isInstanceOf(RefusedException.class)
                        .hasMessage("there is no sampler \"ddim\"; did you mean \"ddpm\"? There is: ddpm");
            }
            Files.write(one, kept);
            host.reload();
            try (PluginHost.Lease lease = host.lease()) {
                assertThat(lease.registry()
                                .make(DiffusionSampler.class, "DDIM", Map.of())
                                .offer()
                                .name())
                        .isEqualTo("ddim");
            }
        }
    }

    @Test
    void aNewcomerTakesNoNameFromAPluginThatIsLive() throws IOException {
        Jars.good(folder, "test.live", "mine").write("z.jar");
        try (PluginHost host = PluginHost.open(List.of(folder))) {
            Jars.good(folder, "test.new", "mine").write("a.jar");
            host.reload();
            assertThat(report(host, "z.jar").state()).isEqualTo(PluginReport.State.LIVE);
            assertThat(report(host, "a.jar").state()).isEqualTo(PluginReport.State.REFUSED);
        }
    }

    @Test
    void aLeaseKeepsItsGenerationAndWhatIsLetGoIsCollected() throws Exception {
        Jars.good(folder, "test.good", "good").write("a.jar");
        PluginHost host = PluginHost.open(List.of(folder));
        WeakReference<ClassLoader> loader = useOverASwap(host);
        for (int i = 0; i < 50 && loader.get() != null; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(loader.get())
                .as("the class loader of the generation that was let go")
                .isNull();
        host.close();
        host.close();
        assertThatThrownBy(host::lease).isInstanceOf(IllegalStateException.class);
    }

    private static WeakReference<ClassLoader> useOverASwap(PluginHost host) {
        try (PluginHost.Lease old = host.lease()) {
            host.reload();
            DiffusionSampler sampler = old.registry()
                    .make(DiffusionSampler.class, "good", Map.of())
                    .component();
            int[] steps = {0};
            sampler.sample(null, null, null, new io.sampler4j.api.TensorRun() {
                @Override
                public io.sampler4j.api.Noise noise() {
                    throw new AssertionError("it draws nothing");
                }

                @Override
                public void step(int i, io.sampler4j.api.Tensor x) {
                    steps[0]++;
                }
            });
            assertThat(steps[0]).isEqualTo(1);
            return new WeakReference<>(sampler.getClass().getClassLoader());
        }
    }

    @Test
    void optionsAreCheckedAndWrittenOut() throws IOException {
        Jars.in(folder)
                .source(
                        "acme.Good",
                        Jars.contribution(
                                "return List.of(Offer.of(DiffusionSampler.class, \"s\", o -> { o.get(ETA); return (D, g, x, r) -> {}; }, ETA, N));",
                                "static final Option<Double> ETA = Option.decimal(\"eta\", 0, 0, 1, \"\");"
                                        + "static final Option<Integer> N = Option.whole(\"n\", 3, 1, 9, \"\");"))
                .write("a.jar");
        try (PluginHost host = PluginHost.open(List.of(folder));
                PluginHost.Lease lease = host.lease()) {
            Registry registry = lease.registry();
            assertThat(registry.make(DiffusionSampler.class, "s", Map.of("eta", "0.50"))
                            .options())
                    .containsEntry("eta", "0.5")
                    .containsEntry("n", "3");
            assertThatThrownBy(() -> registry.make(DiffusionSampler.class, "s", Map.of("eat", "1", "n", "12")))
                    .hasMessageContaining("there is no option of s \"eat\"; did you mean \"eta\"?")
                    .hasMessageContaining("n=12: must be a whole number from 1 to 9");
        }
    }

    private void clear() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) Files.delete(file);
        }
    }
}
