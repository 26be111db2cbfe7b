package io.sampler4j.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Offer;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
                        "shade"),
                new Poison(
                        "offers that fail an assertion",
                        Jars.in(folder).source("acme.Good", Jars.contribution("throw new AssertionError(\"no\");")),
                        "AssertionError: no",
                        "must not throw"),
                new Poison(
                        "offers without end",
                        Jars.in(folder).source("acme.Good", Jars.contribution("return offers();")),
                        "StackOverflowError",
                        "must not throw"),
                new Poison(
                        "a component without a name",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        Jars.contribution(
                                                "return List.of(Offer.of(DiffusionSampler.class, null, o -> null));")),
                        "without a kind or a name",
                        "Offer.of"),
                new Poison(
                        "a name that users cannot type",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        Jars.contribution("return List.of(" + Jars.offer("Bad One") + ");")),
                        "the sampler \"Bad One\"",
                        "lower-case letters"),
                new Poison(
                        "a description that is null",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        Jars.contribution("return List.of(" + Jars.offer("bad") + ".about(null));")),
                        "says null",
                        "leave about() or source() out"),
                new Poison(
                        "two options of one name",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        Jars.contribution(
                                                "return List.of(Offer.of(DiffusionSampler.class, \"bad\", "
                                                        + "o -> null, Option.flag(\"a\", true, \"\"), Option.flag(\"a\", false, \"\")));")),
                        "two options of one name",
                        "a name of its own"),
                new Poison(
                        "one name for two components",
                        Jars.in(folder)
                                .source(
                                        "acme.Good",
                                        Jars.contribution("return List.of(" + Jars.offer("bad") + ", "
                                                + Jars.offer("other") + ".aliases(\"Bad\"));")),
                        "claims the sampler bad twice",
                        "names of its own"),
                // PF4J resolves this in a circle for ever, once the plugin is to be unloaded.
                new Poison(
                        "a dependency on itself",
                        Jars.in(folder).source("acme.Good", good).attribute("Plugin-Dependencies", "test.good"),
                        "Plugin-Dependencies: test.good",
                        "leave that line out"),
                new Poison(
                        "a Plugin-Class that is not there",
                        Jars.in(folder).source("acme.Good", good).attribute("Plugin-Class", "acme.Nobody"),
                        "Plugin-Class is acme.Nobody, which is not in it",
                        "leave that line out"),
                new Poison(
                        "a Plugin-Class that does not start",
                        Jars.in(folder)
                                .source("acme.Good", good)
                                .source("acme.Starter", starter("start", "IllegalStateException(\"not today\")"))
                                .attribute("Plugin-Class", "acme.Starter"),
                        "not today",
                        "leave Plugin-Class out"),
                new Poison(
                        "a class file of three bytes",
                        Jars.in(folder).source("acme.Good", good).entry("acme/Cut.class", new byte[3]),
                        "acme/Cut.class in it is no class file",
                        "build the jar again"),
                new Poison(
                        "PF4J bundled",
                        Jars.in(folder).source("acme.Good", good).entry("org/pf4j/Plugin.class", new byte[8]),
                        "bundles org/pf4j/Plugin.class",
                        "provided"),
                new Poison(
                        "ONNX Runtime bundled",
                        Jars.in(folder).source("acme.Good", good).entry("ai/onnxruntime/OnnxTensor.class", new byte[8]),
                        "bundles ai/onnxruntime/OnnxTensor.class",
                        "provided"));
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

    private static String starter(String method, String thrown) {
        return "package acme; public class Starter extends org.pf4j.Plugin { @Override public void " + method
                + "() { throw new " + thrown + "; } }";
    }

    @Test
    void aPluginThatDoesNotStopKeepsNoOtherFromBeingUnloaded() throws Exception {
        Jars.good(folder, "test.a", "a").write("a.jar");
        Jars.good(folder, "test.bad", "bad")
                .source("acme.Starter", starter("stop", "AssertionError(\"never\")"))
                .attribute("Plugin-Class", "acme.Starter")
                .write("b.jar");
        Jars.good(folder, "test.c", "c").write("c.jar");
        List<URLClassLoader> loaders = new ArrayList<>();
        try (PluginHost host = PluginHost.open(List.of(folder))) {
            for (String name : List.of("a", "bad", "c")) loaders.add((URLClassLoader) loader(host, name));
        }
        assertThat(loaders)
                .allSatisfy(l ->
                        assertThat(l.getResource("META-INF/extensions.idx")).isNull());
    }

    private static ClassLoader loader(PluginHost host, String sampler) {
        try (PluginHost.Lease lease = host.lease()) {
            return lease.registry()
                    .make(DiffusionSampler.class, sampler, Map.of())
                    .component()
                    .getClass()
                    .getClassLoader();
        }
    }

    @Test
    void aPluginSeesTheJdkAndTheApiAndNothingElseOfTheHost() throws Exception {
        Jars.good(folder, "test.good", "good")
                .entry("com/google/inject/Own.txt", new byte[1])
                .write("a.jar");
        try (PluginHost host = PluginHost.open(List.of(folder))) {
            ClassLoader plugin = loader(host, "good");
            for (String seen : List.of(
                    "java.net.http.HttpClient",
                    "java.sql.Connection",
                    "io.sampler4j.api.Tensor",
                    "org.pf4j.Extension",
                    "org.slf4j.Logger",
                    "org.apiguardian.api.API")) {
                assertThat(plugin.loadClass(seen)).as(seen).isSameAs(Class.forName(seen));
            }
            for (String hidden : List.of(
                    "com.fasterxml.jackson.databind.ObjectMapper",
                    "com.google.inject.Injector",
                    "ai.onnxruntime.OrtEnvironment",
                    "io.sampler4j.runtime.Sampler4j",
                    "io.sampler4j.runtime.plugin.PluginHost",
                    "io.sampler4j.model.Models",
                    "io.sampler4j.onnx.OnnxRuntime",
                    "org.apache.commons.cli.Option")) {
                assertThat(Class.forName(hidden)).as("the host has it").isNotNull();
                assertThatThrownBy(() -> plugin.loadClass(hidden))
                        .as(hidden)
                        .isInstanceOf(ClassNotFoundException.class);
                assertThat(plugin.getResource(hidden.replace('.', '/') + ".class"))
                        .as(hidden)
                        .isNull();
            }
            assertThat(plugin.getResource("com/google/inject/Own.txt")).isNotNull();
        }
    }

    @Test
    void aPluginFindsItselfThroughItsThreadWhenItIsAsked() throws IOException {
        Jars.in(folder)
                .source(
                        "acme.Good",
                        Jars.contribution(
                                "if (Thread.currentThread().getContextClassLoader() != Good.class.getClassLoader())"
                                        + " throw new IllegalStateException(); return List.of(" + Jars.offer("good")
                                        + ");"))
                .write("a.jar");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (PluginHost host = PluginHost.open(List.of(folder))) {
            assertThat(samplers(host)).containsExactly("good");
        }
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void aPluginMayHaveAPluginClassAndAnAliasThatIsItsNameInCapitals() throws IOException {
        Jars.in(folder)
                .source("acme.Good", Jars.contribution("return List.of(" + Jars.offer("ddim") + ".aliases(\"DDIM\"));"))
                .source("acme.Starter", "package acme; public class Starter extends org.pf4j.Plugin {}")
                .attribute("Plugin-Class", "acme.Starter")
                .attribute("Plugin-Dependencies", "")
                .write("a.jar");
        try (PluginHost host = PluginHost.open(List.of(folder));
                PluginHost.Lease lease = host.lease()) {
            assertThat(host.reports()).allSatisfy(r -> assertThat(r.problem()).isEmpty());
            assertThat(lease.registry().find(DiffusionSampler.class, "DDIM")).isPresent();
        }
    }

    @Test
    void aReportSaysWhoMadeThePluginAndWhatItNeeds() throws IOException {
        Path file = Jars.good(folder, "test.good", "good")
                .attribute("Plugin-Provider", "acme")
                .attribute("Plugin-Description", "one that is good")
                .write("a.jar");
        Path bad = Jars.good(folder, "test.bad", "bad")
                .attribute("Plugin-Provider", "acme")
                .requires(">=7.0.0 & <8.0.0")
                .write("b.jar");
        try (PluginHost host = PluginHost.open(List.of(folder))) {
            PluginReport good = report(host, "a.jar");
            assertThat(good.provider()).isEqualTo("acme");
            assertThat(good.description()).isEqualTo("one that is good");
            assertThat(good.requires()).isEqualTo(">=1.0.0 & <2.0.0");
            assertThat(good.file()).isEqualTo(file);
            assertThat(good.sha256()).matches("[0-9a-f]{64}");
            assertThat(report(host, "b.jar"))
                    .satisfies(r -> assertThat(r.provider()).isEqualTo("acme"))
                    .satisfies(r -> assertThat(r.requires()).isEqualTo(">=7.0.0 & <8.0.0"))
                    .satisfies(r -> assertThat(r.file()).isEqualTo(bad));
        }
    }

    @Test
    void aJarThatIsOverwrittenWhileItIsInUseChangesNothingForWhoUsesIt() throws Exception {
        Path jar = Jars.in(folder)
                .source(
                        "acme.Good",
                        Jars.contribution(
                                "return List.of(Offer.of(DiffusionSampler.class, \"late\", o -> Late.make()));"))
                .source(
                        "acme.Late",
                        "package acme; class Late { static io.sampler4j.api.diffusion.DiffusionSampler make()"
                                + " { return (D, g, x, r) -> {}; } }")
                .write("a.jar");
        try (PluginHost host = PluginHost.open(List.of(folder));
                PluginHost.Lease lease = host.lease()) {
            Files.write(jar, new byte[9]);
            host.reload();
            assertThat(report(host, "a.jar").state()).isEqualTo(PluginReport.State.REFUSED);
            assertThat(lease.registry()
                            .make(DiffusionSampler.class, "late", Map.of())
                            .component())
                    .isNotNull();
        }
    }

    @Test
    void whatAFactoryDoesWrongIsSaidWithTheFileOfItsPlugin() throws IOException {
        Jars.in(folder)
                .source(
                        "acme.Good",
                        Jars.contribution(
                                """
                                return List.of(
                                        Offer.of(DiffusionSampler.class, "throws", o -> { throw new AssertionError("ouch"); }),
                                        Offer.of(DiffusionSampler.class, "null", o -> null),
                                        Offer.of(DiffusionSampler.class, "peeks", o -> { o.get(NOT_DECLARED); return null; }),
                                        Offer.of((Class) DiffusionSampler.class, "lies", o -> "a text"));
                                """, "static final Option<String> NOT_DECLARED = Option.text(\"secret\", \"\", \"\");"))
                .write("a.jar");
        Map<String, String> saying = Map.of(
                "throws", "ouch",
                "null", "returned null",
                "peeks", "does not declare",
                "lies", "ClassCastException");
        try (PluginHost host = PluginHost.open(List.of(folder));
                PluginHost.Lease lease = host.lease()) {
            saying.forEach((name, what) -> assertThatThrownBy(
                            () -> lease.registry().make(DiffusionSampler.class, name, Map.of()))
                    .isInstanceOf(PluginException.class)
                    .hasMessageContaining("the sampler " + name + " of ")
                    .hasMessageContaining("a.jar")
                    .hasMessageContaining(what));
        }
    }

    @Test
    void oneJarInTwoDirectoriesIsOnePlugin() throws IOException {
        Path one = Jars.good(folder.resolve("one"), "test.good", "good").write("a.jar");
        Path other = Files.createDirectory(folder.resolve("two")).resolve("a.jar");
        Files.copy(one, other);
        try (PluginHost host = PluginHost.open(List.of(one.getParent(), other.getParent()))) {
            assertThat(samplers(host)).containsExactly("good");
            assertThat(host.reports())
                    .filteredOn(r -> r.state() == PluginReport.State.REFUSED)
                    .singleElement()
                    .satisfies(r -> assertThat(r.problem()).contains("the same plugin twice", one.toString()));
        }
    }

    @Test
    void aDirectoryThatIsNotThereHasNoPluginsAndAFileIsNone() throws IOException {
        try (PluginHost host = PluginHost.open(List.of(folder.resolve("nowhere")))) {
            assertThat(host.reports()).isEmpty();
        }
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> PluginHost.open(List.of(file)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("name a directory");
    }

    @Test
    void aLeaseThatWasGivenBackGivesNothing() throws IOException {
        Jars.good(folder, "test.good", "good").write("a.jar");
        try (PluginHost host = PluginHost.open(List.of(folder))) {
            PluginHost.Lease lease = host.lease();
            lease.close();
            lease.close();
            assertThatThrownBy(lease::registry).isInstanceOf(IllegalStateException.class);
            assertThat(samplers(host)).containsExactly("good");
        }
    }

    @Test
    void runsGoOnWhilePluginsAreSwappedUnderThem() throws Exception {
        Jars.good(folder, "test.good", "good").write("a.jar");
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger made = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (PluginHost host = PluginHost.open(List.of(folder))) {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                runs.add(threads.submit(() -> {
                    while (!enough.get()) {
                        try (PluginHost.Lease lease = host.lease()) {
                            lease.registry().make(DiffusionSampler.class, "good", Map.of());
                            made.incrementAndGet();
                        }
                    }
                }));
            }
            for (int swap = 0; swap < 30; swap++) host.reload();
            enough.set(true);
            for (Future<?> run : runs) run.get();
            assertThat(made).hasPositiveValue();
        } finally {
            enough.set(true);
            threads.shutdownNow();
        }
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
