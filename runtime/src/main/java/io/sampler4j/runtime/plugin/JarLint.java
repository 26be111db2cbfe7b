package io.sampler4j.runtime.plugin;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.pf4j.DefaultVersionManager;

/**
 * What can be told of a plugin jar without loading a class of it. A problem, where there is one, comes with its remedy.
 *
 * @param file the jar
 * @param sha256 of it, empty where it cannot be read
 * @param id of the plugin, or the file's name where it has none
 * @param version of the plugin, or {@code ?}
 * @param problem why it cannot be loaded, or empty
 * @param remedy how to mend it, or empty
 */
record JarLint(Path file, String sha256, String id, String version, String problem, String remedy) {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9.-]{1,63}");
    private static final String INDEX = "META-INF/extensions.idx";
    private static final List<String> HOST_PACKAGES =
            List.of("io/sampler4j/api/", "io/sampler4j/runtime/", "io/sampler4j/onnx/", "org/pf4j/", "ai/onnxruntime/");
    private static final int MAGIC = 0xCAFEBABE;
    /** The class-file version of JDK n is n + 44. */
    private static final int VERSION_OF_JDK_0 = 44;

    /** A fault, found while looking. */
    private static final class Fault extends Exception {
        private static final long serialVersionUID = 1;
        private final String remedy;

        Fault(String problem, String remedy) {
            super(problem);
            this.remedy = remedy;
        }
    }

    boolean ok() {
        return problem.isEmpty();
    }

    static JarLint of(Path file) {
        String name = file.getFileName().toString(), sha256 = "", id = name, version = "?";
        try {
            sha256 = hash(file);
            try (JarFile jar = new JarFile(file.toFile(), true)) {
                Attributes a = jar.getManifest() == null
                        ? new Attributes()
                        : jar.getManifest().getMainAttributes();
                id = attribute(a, "Plugin-Id");
                version = attribute(a, "Plugin-Version");
                check(id, version, attribute(a, "Plugin-Requires"));
                entries(jar);
                index(jar);
            }
            return new JarLint(file, sha256, id, version, "", "");
        } catch (Fault e) {
            return new JarLint(file, sha256, id, version, e.getMessage(), e.remedy);
        } catch (IOException | SecurityException e) {
            return new JarLint(
                    file,
                    sha256,
                    id,
                    version,
                    "it cannot be read as a jar: " + e.getMessage(),
                    "copy it again: it may be cut off, empty, or not a jar at all");
        }
    }

    private static String attribute(Attributes attributes, String name) throws Fault {
        String value = attributes.getValue(name);
        if (value == null || value.isBlank()) {
            throw new Fault(
                    "its META-INF/MANIFEST.MF has no " + name,
                    "a plugin's manifest says Plugin-Id, Plugin-Version and Plugin-Requires; let the build write them");
        }
        return value.strip();
    }

    private static void check(String id, String version, String requires) throws Fault {
        if (!ID.matcher(id).matches()) {
            throw new Fault(
                    "its id \"" + id + "\" is none",
                    "an id is 2 to 64 lower-case letters, digits, dots and hyphens, beginning with a letter or digit");
        }
        DefaultVersionManager versions = new DefaultVersionManager();
        boolean fits, bounded;
        try {
            versions.compareVersions(version, "1.0.0");
            // PF4J takes a bare version as the lower end of a range without an upper one.
            String range = requires.matches("[0-9.]+") ? ">=" + requires : requires;
            fits = versions.checkVersionConstraint(PluginHost.API_VERSION, range);
            bounded = !versions.checkVersionConstraint("99999.0.0", range);
        } catch (RuntimeException e) {
            throw new Fault(
                    "its version \"" + version + "\" or the range \"" + requires + "\" of APIs is none: "
                            + e.getMessage(),
                    "a version is like 1.2.3, and Plugin-Requires like >=1.0.0 & <2.0.0");
        }
        if (!fits) {
            throw new Fault(
                    "it needs a framework-api of " + requires + ", and this is " + PluginHost.API_VERSION,
                    "take a version of the plugin, or of sampler4j, that fits the other");
        }
        if (!bounded) {
            throw new Fault(
                    "its range \"" + requires
                            + "\" of APIs has no upper end, so it claims to fit APIs that do not exist yet",
                    "let Plugin-Requires be like >=1.0.0 & <2.0.0");
        }
    }

    private static void entries(JarFile jar) throws IOException, Fault {
        int newest = VERSION_OF_JDK_0 + Runtime.version().feature();
        for (Enumeration<JarEntry> e = jar.entries(); e.hasMoreElements(); ) {
            JarEntry entry = e.nextElement();
            String name = entry.getName();
            if (!name.endsWith(".class") || name.startsWith("META-INF/")) continue;
            for (String hosts : HOST_PACKAGES) {
                if (name.startsWith(hosts)) {
                    throw new Fault(
                            "it bundles " + name + ", which is the host's",
                            "depend on framework-api with scope provided, so that the jar holds the plugin's own classes");
                }
            }
            try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
                if (in.readInt() != MAGIC) {
                    throw new Fault(name + " in it is no class file", "build the jar again");
                }
                in.readUnsignedShort();
                int major = in.readUnsignedShort();
                if (major > newest) {
                    throw new Fault(
                            name + " in it was compiled for Java " + (major - VERSION_OF_JDK_0) + ", and this is Java "
                                    + Runtime.version().feature(),
                            "compile it with --release 17, or run sampler4j on a newer JVM");
                }
            }
        }
    }

    private static void index(JarFile jar) throws IOException, Fault {
        String remedy =
                "annotate one public class with @Extension and let PF4J's annotation processor run: since JDK 23 it "
                        + "runs only if the build names it (annotationProcessorPaths)";
        JarEntry entry = jar.getJarEntry(INDEX);
        if (entry == null) throw new Fault("it has no " + INDEX + ", so it would bring nothing", remedy);
        List<String> classes;
        try (InputStream in = jar.getInputStream(entry)) {
            classes = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(l -> l.replaceFirst("#.*", "").strip())
                    .filter(l -> !l.isEmpty())
                    .toList();
        }
        if (classes.isEmpty()) throw new Fault("its " + INDEX + " names no class, so it would bring nothing", remedy);
        if (classes.size() > 1) {
            throw new Fault(
                    "its " + INDEX + " names " + classes.size() + " classes: " + String.join(", ", classes),
                    "a plugin has one Contribution, which offers all its components");
        }
        String wanted = classes.get(0).replace('.', '/') + ".class";
        if (jar.getJarEntry(wanted) == null) {
            throw new Fault(
                    "its " + INDEX + " names " + classes.get(0) + ", which is not in it", "build the jar again");
        }
    }

    private static String hash(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
