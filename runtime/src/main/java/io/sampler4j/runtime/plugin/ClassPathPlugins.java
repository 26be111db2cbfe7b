package io.sampler4j.runtime.plugin;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.model.Hashes;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * The plugins among an application's own dependencies: every {@link Contribution} that an index of PF4J on the class path
 * names. They live as long as the application, and see what it sees.
 */
final class ClassPathPlugins {
    private ClassPathPlugins() {}

    /**
     * What became of each, in the order of the class path, where of two with one id or name the first is meant.
     *
     * @throws RefusedException if the class path cannot be read
     */
    static List<PluginReport> of(ClassLoader loader) {
        List<PluginReport> reports = new ArrayList<>(), live = new ArrayList<>();
        try {
            // The same jar may be on the class path twice, as when two loaders see it: that is one plugin.
            Map<String, URL> indexes = new LinkedHashMap<>();
            for (URL index : Collections.list(loader.getResources(JarLint.INDEX))) indexes.put(index.toString(), index);
            for (URL index : indexes.values()) {
                List<String> extensions = extensions(index).stream()
                        .filter(e -> !isForeign(e, loader))
                        .toList();
                // Of several plugins that were packed into one jar, its manifest describes none.
                Attributes lines = extensions.size() == 1 ? manifest(index) : new Attributes();
                for (String extension : extensions) {
                    PluginReport report = load(index, lines, extension, loader, live);
                    reports.add(report);
                    if (report.state() == PluginReport.State.LIVE) live.add(report);
                }
            }
        } catch (IOException e) {
            throw new RefusedException(
                    "the plugins on the class path cannot be read (" + e + "): see that its jars are whole", e);
        }
        return List.copyOf(reports);
    }

    private static List<String> extensions(URL index) throws IOException {
        try (InputStream in = open(index)) {
            return JarLint.indexed(in);
        }
    }

    /** Not through the JVM's cache of jars, which would keep the file open. */
    private static InputStream open(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        return connection.getInputStream();
    }

    /** Whether it is an extension of PF4J's for something else in the application. */
    private static boolean isForeign(String extension, ClassLoader loader) {
        try {
            return !Contribution.class.isAssignableFrom(Class.forName(extension, false, loader));
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static PluginReport load(
            URL index, Attributes lines, String extension, ClassLoader loader, List<PluginReport> live)
            throws IOException {
        Path place = place(index);
        String sha256 = Files.isRegularFile(place) ? Hashes.of(place) : "";
        JarLint lint = JarLint.onClassPath(place, sha256, lines, extension);
        return report(lint, extension, loader, live).onClassPath(artefact(place));
    }

    private static PluginReport report(JarLint lint, String extension, ClassLoader loader, List<PluginReport> live) {
        if (!lint.ok()) return PluginReport.refused(lint, lint.problem(), lint.remedy());
        try {
            OfferLint.checkId(lint, live);
            List<Offer<?>> offers = Loading.offers(loader, extension);
            OfferLint.check(offers, live);
            return PluginReport.live(lint, offers);
        } catch (Fault e) {
            return PluginReport.refused(lint, e.getMessage(), e.remedy());
        } catch (Throwable e) {
            Fault fault = Loading.fault(e);
            return PluginReport.refused(
                    lint,
                    fault.getMessage(),
                    "see that the class path has all that it needs, in the versions that it was made for");
        }
    }

    /** The jar or folder that the index lies in; a jar inside of another by its name alone. */
    private static Path place(URL index) throws IOException {
        URLConnection connection = index.openConnection();
        String inner = connection instanceof JarURLConnection jar
                ? jar.getJarFileURL().toString()
                : index.toString().replaceFirst("/?" + JarLint.INDEX + "$", "");
        try {
            return Path.of(new URI(inner));
        } catch (URISyntaxException | RuntimeException e) {
            String[] parts = inner.split("[/!]+");
            return Path.of(parts[parts.length - 1]);
        }
    }

    private static Attributes manifest(URL index) throws IOException {
        try (InputStream in = open(new URL(index, new File(JarFile.MANIFEST_NAME).getName()))) {
            return new Manifest(in).getMainAttributes();
        } catch (FileNotFoundException e) {
            return new Attributes();
        }
    }

    /** As {@code io.sampler4j:ddim:1.0.0}, by what Maven writes into a jar; else the name of the file. */
    private static String artefact(Path place) throws IOException {
        String name = String.valueOf(place.getFileName());
        if (!Files.isRegularFile(place)) return name;
        try (JarFile jar = new JarFile(place.toFile())) {
            List<JarEntry> written = jar.stream()
                    .filter(e -> e.getName().matches("META-INF/maven/[^/]+/[^/]+/pom\\.properties"))
                    .toList();
            // A jar of several artefacts is none of them.
            if (written.size() != 1) return name;
            Properties p = new Properties();
            try (InputStream in = jar.getInputStream(written.get(0))) {
                p.load(in);
            }
            return String.join(":", p.getProperty("groupId"), p.getProperty("artifactId"), p.getProperty("version"));
        }
    }
}
