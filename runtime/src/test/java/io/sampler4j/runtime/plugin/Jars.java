package io.sampler4j.runtime.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Plugin jars, written and compiled inside the tests; good unless told otherwise. */
public final class Jars {
    private final Path folder;
    private String id = "test.good";
    private String requires = ">=1.0.0 & <2.0.0";
    private String index = "acme.Good";
    private boolean described = true;
    private int major;
    private String left;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<String, byte[]> extras = new LinkedHashMap<>();

    private Jars(Path folder) {
        this.folder = folder;
    }

    public static Jars in(Path folder) {
        return new Jars(folder);
    }

    /** A plugin that offers one sampler, which does nothing. */
    public static Jars good(Path folder, String id, String sampler) {
        return new Jars(folder).id(id).source("acme.Good", contribution("return List.of(" + offer(sampler) + ");"));
    }

    public static String offer(String sampler) {
        return "Offer.of(DiffusionSampler.class, \"" + sampler + "\", o -> (D, grid, x, run) -> run.step(0, x))";
    }

    /** The source of acme.Good, with this body of offers(). */
    public static String contribution(String body) {
        return contribution(body, "");
    }

    public static String contribution(String body, String members) {
        return """
                package acme;
                import io.sampler4j.api.diffusion.*;
                import io.sampler4j.api.plugin.*;
                import java.util.*;
                @org.pf4j.Extension
                public class Good implements Contribution {
                    %s
                    @Override public List<Offer<?>> offers() { %s }
                }
                """.formatted(members, body);
    }

    public Jars id(String text) {
        id = text;
        return this;
    }

    public Jars requires(String text) {
        requires = text;
        return this;
    }

    public Jars index(String text) {
        index = text;
        return this;
    }

    public Jars undescribed() {
        described = false;
        return this;
    }

    /** A line of the manifest besides the usual. */
    public Jars attribute(String name, String value) {
        attributes.put(name, value);
        return this;
    }

    /** Stamps the class files with this version. */
    public Jars classFileVersion(int version) {
        major = version;
        return this;
    }

    public Jars source(String name, String text) {
        sources.put(name, text);
        return this;
    }

    public Jars entry(String name, byte[] bytes) {
        extras.put(name, bytes);
        return this;
    }

    /** Leaves classes out whose paths begin so, though they were compiled. */
    public Jars without(String path) {
        left = path;
        return this;
    }

    public Path write(String name) throws IOException {
        Path work = Files.createTempDirectory("plugin-source");
        try {
            return write(name, work);
        } finally {
            try (Stream<Path> left = Files.walk(work)) {
                for (Path f : left.sorted(Comparator.reverseOrder()).toList()) Files.delete(f);
            }
        }
    }

    private Path write(String name, Path work) throws IOException {
        List<String> files = new ArrayList<>();
        for (Map.Entry<String, String> s : sources.entrySet()) {
            Path file = work.resolve(s.getKey().replace('.', '/') + ".java");
            Files.createDirectories(file.getParent());
            Files.writeString(file, s.getValue());
            files.add(file.toString());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = List.of(
                "-proc:none", "--release", "17", "-cp", System.getProperty("java.class.path"), "-d", work.toString());
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            boolean ok = compiler.getTask(
                            errors, manager, null, options, null, manager.getJavaFileObjectsFromStrings(files))
                    .call();
            if (!ok) throw new IllegalStateException(errors.toString());
        }
        Files.createDirectories(folder);
        Path jar = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out, manifest())) {
            if (index != null) put(zip, "META-INF/extensions.idx", (index + "\n").getBytes(StandardCharsets.UTF_8));
            try (Stream<Path> classes = Files.walk(work)) {
                for (Path c :
                        classes.filter(f -> f.toString().endsWith(".class")).toList()) {
                    byte[] bytes = Files.readAllBytes(c);
                    if (major > 0) bytes[7] = (byte) major;
                    String path = work.relativize(c).toString().replace('\\', '/');
                    if (left == null || !path.startsWith(left)) put(zip, path, bytes);
                }
            }
            for (Map.Entry<String, byte[]> e : extras.entrySet()) put(zip, e.getKey(), e.getValue());
        }
        return jar;
    }

    private Manifest manifest() {
        Manifest manifest = new Manifest();
        Attributes a = manifest.getMainAttributes();
        a.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (described) {
            a.putValue("Plugin-Id", id);
            a.putValue("Plugin-Version", "1.0.0");
            if (requires != null) a.putValue("Plugin-Requires", requires);
        }
        attributes.forEach(a::putValue);
        return manifest;
    }

    private static void put(JarOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new JarEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }
}
