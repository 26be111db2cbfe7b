package io.sampler4j.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.plugin.Offer;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathPluginsTest {
    @TempDir
    Path folder;

    private final List<URLClassLoader> open = new ArrayList<>();

    @AfterEach
    void closeLoaders() throws IOException {
        for (URLClassLoader loader : open) loader.close();
    }

    /** An application's class loader, with these in that order before the host. */
    private ClassLoader application(Path... places) throws IOException {
        URL[] urls = new URL[places.length];
        for (int i = 0; i < urls.length; i++) urls[i] = places[i].toUri().toURL();
        URLClassLoader loader = new URLClassLoader(urls, getClass().getClassLoader());
        open.add(loader);
        return loader;
    }

    /** A plugin whose class is its own: on one class path there is one class of a name. */
    private Jars plugin(String id, String sampler) {
        String name = "Plugin" + sampler.replace("-", "");
        String source = Jars.contribution("return List.of(" + Jars.offer(sampler) + ");");
        return Jars.in(folder.resolve("path"))
                .id(id)
                .index("acme." + name)
                .source("acme." + name, source.replace("Good", name));
    }

    private PluginHost host(ClassLoader application) throws IOException {
        Path directory = Files.createDirectories(folder.resolve("directory"));
        return PluginHost.open(PluginSettings.of(List.of(directory)).onClassPath(application));
    }

    private static List<String> samplers(PluginHost host) {
        try (PluginHost.Lease lease = host.lease()) {
            return lease.registry().offers().stream().map(Offer::name).toList();
        }
    }

    @Test
    void dependenciesAreReportedByTheirCoordinatesAndAreThereAfterAReload() throws IOException {
        byte[] properties = "groupId=acme\nartifactId=good\nversion=1.2\n".getBytes(StandardCharsets.UTF_8);
        Path jar = plugin("acme.good", "one")
                .entry("META-INF/maven/acme/good/pom.properties", properties)
                .write("good-1.2.jar");
        try (PluginHost host = host(application(jar))) {
            host.reload();
            PluginReport report = host.reports().get(0);
            assertThat(report.artefact()).isEqualTo("acme:good:1.2");
            assertThat(report.file()).isEqualTo(jar.toRealPath());
            assertThat(report.sha256()).hasSize(64);
            assertThat(report.id()).isEqualTo("acme.good");
            assertThat(samplers(host)).containsExactly("one");
            Swap rolled = host.reload();
            assertThat(rolled.changes()).isEmpty();
            try (PluginHost.Lease lease = host.lease()) {
                assertThat(lease.registry()
                                .make(DiffusionSampler.class, "one", java.util.Map.of())
                                .component())
                        .isNotNull();
            }
        }
    }

    /** As in an application that is started from its build's folders. */
    @Test
    void aFolderOfClassesGoesByTheNameOfItsExtension() throws IOException {
        Path jar = plugin("acme.good", "one").write("good.jar");
        Path classes = folder.resolve("classes");
        try (JarFile from = new JarFile(jar.toFile())) {
            for (JarEntry e : from.stream().toList()) {
                Path to = classes.resolve(e.getName());
                if (e.isDirectory() || e.getName().equals(JarFile.MANIFEST_NAME)) continue;
                Files.createDirectories(to.getParent());
                Files.copy(from.getInputStream(e), to);
            }
        }
        try (PluginHost host = host(application(classes))) {
            PluginReport report = host.reports().get(0);
            assertThat(report.id()).isEqualTo("acme.Pluginone");
            assertThat(report.artefact()).isEqualTo("classes");
            assertThat(samplers(host)).containsExactly("one");
        }
    }

    @Test
    void pluginsThatWerePackedIntoOneJarAreOneEach() throws IOException {
        Path packed = plugin("acme.good", "one")
                .index("acme.Pluginone\nacme.Other")
                .source(
                        "acme.Other",
                        Jars.contribution("return List.of(" + Jars.offer("two") + ");")
                                .replace("Good", "Other"))
                .write("application.jar");
        try (PluginHost host = host(application(packed))) {
            assertThat(samplers(host)).containsExactly("one", "two");
            assertThat(host.reports()).extracting(PluginReport::id).containsExactly("acme.Pluginone", "acme.Other");
            assertThat(host.reports()).extracting(PluginReport::artefact).containsOnly("application.jar");
        }
    }

    @Test
    void aDirectorysJarTakesNoIdAndNoNameFromThem() throws IOException {
        Path dependency = plugin("acme.good", "one").write("good.jar");
        Path directory = folder.resolve("directory");
        Jars.good(directory, "acme.other", "one").write("name.jar");
        Jars.good(directory, "acme.good", "two").write("id.jar");
        Jars.good(directory, "acme.third", "three").write("third.jar");
        Files.copy(dependency, directory.resolve("copy.jar"));
        try (PluginHost host = host(application(dependency))) {
            assertThat(samplers(host)).containsExactlyInAnyOrder("one", "three");
            assertThat(host.reports())
                    .filteredOn(r -> r.state() == PluginReport.State.REFUSED)
                    .extracting(PluginReport::problem)
                    .containsExactlyInAnyOrder(
                            "it claims the sampler one, which " + dependency.toRealPath() + " brings",
                            "it is another plugin of the id acme.good, which " + dependency.toRealPath()
                                    + " (1.0.0) brings",
                            "it is the same plugin twice acme.good, which " + dependency.toRealPath()
                                    + " (1.0.0) brings");
        }
    }

    @Test
    void ofTwoDependenciesTheFirstOnTheClassPathIsMeant() throws IOException {
        Path first = plugin("acme.z", "one").write("z.jar");
        Jars named = Jars.in(folder.resolve("path"))
                .id("acme.a")
                .index("acme.Second")
                .source(
                        "acme.Second",
                        Jars.contribution("return List.of(" + Jars.offer("one") + ");")
                                .replace("Good", "Second"));
        try (PluginHost host = host(application(first, named.write("a.jar"), first))) {
            assertThat(host.reports()).hasSize(2);
            assertThat(host.reports().get(0).state()).isEqualTo(PluginReport.State.LIVE);
            assertThat(host.reports().get(1).problem()).contains("it claims the sampler one, which", "z.jar brings");
        }
    }

    @Test
    void abadOneIsReportedAndBreaksNoOther() throws IOException {
        Path good = plugin("acme.good", "one").write("good.jar");
        Path future =
                plugin("acme.future", "future").requires(">=2.0.0 & <3.0.0").write("future.jar");
        Path throwing = Jars.in(folder.resolve("path"))
                .id("acme.throwing")
                .index("acme.Throwing")
                .source(
                        "acme.Throwing",
                        Jars.contribution("throw new AssertionError(\"no\");").replace("Good", "Throwing"))
                .write("throwing.jar");
        Path gone = plugin("acme.gone", "gone").index("acme.NotThere").write("gone.jar");
        // PF4J serves the application for something else as well.
        Path foreign = Jars.in(folder.resolve("path"))
                .undescribed()
                .index("acme.Foreign")
                .source("acme.Foreign", "package acme; public class Foreign implements org.pf4j.ExtensionPoint {}")
                .write("foreign.jar");
        try (PluginHost host = host(application(future, throwing, gone, foreign, good))) {
            assertThat(samplers(host)).containsExactly("one");
            assertThat(host.reports())
                    .extracting(PluginReport::problem)
                    .satisfiesExactly(
                            p -> assertThat(p).contains("it needs a framework-api of >=2.0.0 & <3.0.0"),
                            p -> assertThat(p).contains("it cannot be loaded: java.lang.AssertionError: no"),
                            p -> assertThat(p).contains("it cannot be loaded", "acme.NotThere"),
                            p -> assertThat(p).isEmpty());
            assertThat(host.reports().get(2).remedy()).contains("the class path has all that it needs");
        }
    }
}
