package io.sampler4j.runtime.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.pf4j.DefaultVersionManager;

/**
 * What can be told of a plugin jar without loading a class of it. A problem, where there is one, comes with its remedy.
 *
 * @param file the jar
 * @param staged the private copy that was looked at, and that is loaded: the jar itself may change at any time
 * @param sha256 of the copy, empty where there is none
 * @param descriptor what its manifest says
 * @param problem why it cannot be loaded, or empty
 * @param remedy how to mend it, or empty
 * @param notes what is not refused and worth knowing; none where there is a problem
 */
record JarLint(
        Path file,
        Path staged,
        String sha256,
        Descriptor descriptor,
        String problem,
        String remedy,
        List<String> notes) {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9.-]{1,63}");
    static final String INDEX = "META-INF/extensions.idx";
    private static final List<String> HOST_PACKAGES =
            List.of("io/sampler4j/api/", "io/sampler4j/runtime/", "io/sampler4j/onnx/", "org/pf4j/", "ai/onnxruntime/");
    /** The class-file version of JDK n is n + 44. */
    private static final int VERSION_OF_JDK_0 = 44;
    /** Classes for other versions of Java, of a jar that holds several. */
    private static final Pattern VERSIONED = Pattern.compile("META-INF/versions/([0-9]+)/(.*)");

    private static final Pattern SIGNATURE =
            Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)", Pattern.CASE_INSENSITIVE);
    private static final int MOST_ENTRIES = 50_000;
    private static final int LARGEST_CLASS = 8 << 20;
    private static final int LARGEST_TEXT = 1 << 20;
    private static final long LARGEST_UNPACKED = 1L << 30;

    /**
     * The lines of a manifest that a host reads, each empty where it is not there.
     *
     * @param id or the file's name where there is none
     * @param version or {@code ?}
     */
    record Descriptor(String id, String version, String requires, String provider, String description) {
        private static Descriptor of(Path file, Attributes lines) {
            String id = text(lines, "Plugin-Id"), version = text(lines, "Plugin-Version");
            return new Descriptor(
                    id.isEmpty() ? file.getFileName().toString() : id,
                    version.isEmpty() ? "?" : version,
                    text(lines, "Plugin-Requires"),
                    text(lines, "Plugin-Provider"),
                    text(lines, "Plugin-Description"));
        }

        private static String text(Attributes lines, String name) {
            String value = lines.getValue(name);
            return value == null ? "" : value.strip();
        }
    }

    boolean ok() {
        return problem.isEmpty();
    }

    String id() {
        return descriptor.id();
    }

    String version() {
        return descriptor.version();
    }

    /**
     * Stages the jar, which holds its copy, and looks at the copy. Throws nothing for a bad jar.
     *
     * @param known good ones that were looked at before, by hash
     */
    static JarLint of(Path file, Staging staging, AllowList allowed, Map<String, JarLint> known) {
        String sha256 = "";
        try {
            if (PluginDirectories.isWritableByAll(file)) {
                throw new Fault("the file can be written by everyone on this machine", "chmod o-w " + file);
            }
            sha256 = staging.stage(file);
            allowed.require(sha256);
            JarLint before = known.get(sha256);
            return before != null ? before.at(file) : of(file, staging.path(sha256), sha256);
        } catch (Fault e) {
            return undescribed(file, file, sha256).refused(e.getMessage(), e.remedy());
        } catch (IOException e) {
            return undescribed(file, file, sha256).refused("it cannot be read: " + e, "see that this user may read it");
        }
    }

    /** Looks at a copy that is there already. */
    static JarLint of(Path file, Path staged, String sha256) {
        JarLint lint = undescribed(file, staged, sha256);
        try (JarFile jar = new JarFile(staged.toFile(), true, ZipFile.OPEN_READ, Runtime.version())) {
            List<JarEntry> entries = entries(jar);
            Attributes lines = jar.getManifest() == null
                    ? new Attributes()
                    : jar.getManifest().getMainAttributes();
            lint = new JarLint(file, staged, sha256, Descriptor.of(file, lines), "", "", List.of());
            manifest(lines);
            starter(lines, jar);
            signatures(jar, entries);
            References references = new References();
            classes(jar, entries, references);
            index(jar);
            references.check();
            return new JarLint(file, staged, sha256, lint.descriptor, "", "", references.notes());
        } catch (Fault e) {
            return lint.refused(e.getMessage(), e.remedy());
        } catch (SecurityException e) {
            return lint.refused(
                    "it was changed after it was signed: " + e.getMessage(), "take it again from whoever signed it");
        } catch (IOException | RuntimeException e) {
            // The JDK's readers of zip files throw unchecked exceptions too; none of them may cost the other plugins.
            return lint.refused(
                    "it cannot be read as a jar: " + (e.getMessage() == null ? e : e.getMessage()),
                    "copy it again: it may be cut off, empty, or not a jar at all");
        }
    }

    /**
     * What lies on the class path, by its manifest alone: the rest of it is the application's affair. A folder of classes, or
     * a jar of several plugins, need not be described; it goes by the name of the extension.
     */
    static JarLint onClassPath(Path place, String sha256, Attributes lines, String extension) {
        Descriptor d = Descriptor.of(place, lines);
        boolean described = !Descriptor.text(lines, "Plugin-Id").isEmpty();
        Descriptor named = described ? d : new Descriptor(extension, "?", "", d.provider, d.description);
        JarLint lint = new JarLint(place, place, sha256, named, "", "", List.of());
        try {
            if (described) manifest(lines);
            return lint;
        } catch (Fault e) {
            return lint.refused(e.getMessage(), e.remedy());
        }
    }

    private static JarLint undescribed(Path file, Path staged, String sha256) {
        return new JarLint(file, staged, sha256, Descriptor.of(file, new Attributes()), "", "", List.of());
    }

    /** The same copy, found under another name. */
    JarLint at(Path other) {
        return new JarLint(other, staged, sha256, descriptor, problem, remedy, notes);
    }

    /** As it is, but left out. */
    JarLint refused(String why, String mends) {
        return new JarLint(file, staged, sha256, descriptor, why, mends, List.of());
    }

    private static String needed(Attributes lines, String name) throws Fault {
        String value = Descriptor.text(lines, name);
        if (value.isEmpty()) {
            throw new Fault(
                    "its META-INF/MANIFEST.MF has no " + name,
                    "a plugin's manifest says Plugin-Id, Plugin-Version and Plugin-Requires; let the build write them");
        }
        return value;
    }

    private static void manifest(Attributes lines) throws Fault {
        String id = needed(lines, "Plugin-Id");
        if (!ID.matcher(id).matches()) {
            throw new Fault(
                    "its id \"" + id + "\" is none",
                    "an id is 2 to 64 lower-case letters, digits, dots and hyphens, beginning with a letter or digit");
        }
        versions(needed(lines, "Plugin-Version"), needed(lines, "Plugin-Requires"));
        String others = Descriptor.text(lines, "Plugin-Dependencies");
        if (!others.isEmpty()) {
            throw new Fault(
                    "its manifest says Plugin-Dependencies: " + others + ", and a plugin does not see another",
                    "leave that line out, and shade what the plugin needs into its jar, relocated");
        }
    }

    private static void starter(Attributes lines, JarFile jar) throws Fault {
        String starter = Descriptor.text(lines, "Plugin-Class");
        if (!starter.isEmpty() && jar.getJarEntry(path(starter)) == null) {
            throw new Fault(
                    "its Plugin-Class is " + starter + ", which is not in it",
                    "leave that line out: a plugin needs no Plugin-Class");
        }
    }

    private static void versions(String version, String requires) throws Fault {
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

    /** Its entries, whose names stay inside of it and whose sizes are not meant to fill a disk or a heap. */
    private static List<JarEntry> entries(JarFile jar) throws Fault {
        if (jar.size() > MOST_ENTRIES) {
            throw new Fault(
                    "it has " + jar.size() + " entries, and a plugin has at most " + MOST_ENTRIES,
                    "leave out what its code does not need");
        }
        long unpacked = 0;
        List<JarEntry> entries = new ArrayList<>();
        for (Enumeration<JarEntry> e = jar.entries(); e.hasMoreElements(); ) {
            JarEntry entry = e.nextElement();
            String name = entry.getName();
            if (name.startsWith("/")
                    || name.contains("\\")
                    || List.of(name.split("/")).contains("..")) {
                throw new Fault(
                        "its entry " + name + " lies outside of the jar",
                        "do not use it, and tell whoever you have it from: no build writes such a name");
            }
            unpacked += Math.max(0, entry.getSize());
            entries.add(entry);
        }
        if (unpacked > LARGEST_UNPACKED) {
            throw new Fault(
                    "it unpacks to " + (unpacked >> 20) + " MiB, and a plugin has at most " + (LARGEST_UNPACKED >> 20),
                    "leave out what its code does not need: models and data belong into model directories");
        }
        JarEntry manifest = jar.getJarEntry(JarFile.MANIFEST_NAME);
        if (manifest != null && manifest.getSize() > LARGEST_TEXT) {
            throw new Fault("its manifest has " + manifest.getSize() + " bytes", "let the build write it");
        }
        return entries;
    }

    /** Reads a signed jar whole, which verifies it. */
    private static void signatures(JarFile jar, List<JarEntry> entries) throws IOException, Fault {
        if (entries.stream().noneMatch(e -> SIGNATURE.matcher(e.getName()).matches())) return;
        for (JarEntry entry : entries) {
            String name = entry.getName();
            if (entry.isDirectory()
                    || name.equals(JarFile.MANIFEST_NAME)
                    || SIGNATURE.matcher(name).matches()) {
                continue;
            }
            try (InputStream in = jar.getInputStream(entry)) {
                in.skip(Long.MAX_VALUE);
            }
            if (entry.getCodeSigners() == null) {
                throw new Fault(
                        "it was changed after it was signed: " + name + " came later",
                        "take it again from whoever signed it");
            }
        }
    }

    private static void classes(JarFile jar, List<JarEntry> entries, References references) throws IOException, Fault {
        int newest = VERSION_OF_JDK_0 + Runtime.version().feature();
        for (JarEntry entry : entries) {
            String name = entry.getName();
            Matcher versioned = VERSIONED.matcher(name);
            boolean unused = false;
            if (versioned.matches()) {
                name = versioned.group(2);
                unused =
                        Integer.parseInt(versioned.group(1)) > Runtime.version().feature();
            }
            if (!name.endsWith(".class") || name.startsWith("META-INF/")) continue;
            for (String hosts : HOST_PACKAGES) {
                if (name.startsWith(hosts)) {
                    throw new Fault(
                            "it bundles " + name + ", which is the host's",
                            "depend on framework-api with scope provided, so that the jar holds the plugin's own classes");
                }
            }
            if (unused) continue;
            byte[] bytes;
            try (InputStream in = jar.getInputStream(entry)) {
                bytes = in.readNBytes(LARGEST_CLASS + 1);
            }
            if (bytes.length > LARGEST_CLASS) {
                throw new Fault(
                        name + " in it has more than " + (LARGEST_CLASS >> 20) + " MiB",
                        "no compiler makes such a class");
            }
            int major = ClassFile.major(bytes);
            if (major < 0) throw new Fault(name + " in it is no class file", "build the jar again");
            if (major > newest) {
                throw new Fault(
                        name + " in it was compiled for Java " + (major - VERSION_OF_JDK_0) + ", and this is Java "
                                + Runtime.version().feature(),
                        "compile it with --release 17, or run sampler4j on a newer JVM");
            }
            try {
                references.add(ClassFile.read(bytes));
            } catch (IOException | RuntimeException e) {
                throw new Fault(name + " in it is no class file: " + e.getMessage(), "build the jar again");
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
            classes = indexed(in);
        }
        if (classes.isEmpty()) throw new Fault("its " + INDEX + " names no class, so it would bring nothing", remedy);
        if (classes.size() > 1) {
            throw new Fault(
                    "its " + INDEX + " names " + classes.size() + " classes: " + String.join(", ", classes),
                    "a plugin has one Contribution, which offers all its components");
        }
        if (jar.getJarEntry(path(classes.get(0))) == null) {
            throw new Fault(
                    "its " + INDEX + " names " + classes.get(0) + ", which is not in it", "build the jar again");
        }
    }

    /** The classes that an index names. */
    static List<String> indexed(InputStream index) throws IOException {
        return new String(index.readNBytes(LARGEST_TEXT), StandardCharsets.UTF_8)
                .lines()
                .map(l -> l.replaceFirst("#.*", "").strip())
                .filter(l -> !l.isEmpty())
                .toList();
    }

    private static String path(String className) {
        return className.replace('.', '/') + ".class";
    }
}
