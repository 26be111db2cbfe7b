package io.sampler4j.it.api;

import com.sun.source.util.JavacTask;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * What a plugin is compiled against, as Java without bodies: every public type of an API in one text, which a person can
 * read and a compiler too. Plugins compiled against it do not know what came later.
 *
 * @param text each type begins with its package
 */
record Signature(String text) {
    static final Path COMMITTED = Path.of("../framework-api/signature-1.0.txt");
    private static final Pattern TYPE =
            Pattern.compile("(?m)^public [\\w\\- ]*@?(?:class|interface|enum|record) (\\w+)");

    /** That of the API's 1.0. */
    static Signature committed() throws IOException {
        return new Signature(Files.readString(COMMITTED));
    }

    /** That of the sources in a folder. */
    static Signature of(Path sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> all = Files.walk(sources)) {
            List<Path> java =
                    all.filter(f -> f.toString().endsWith(".java")).sorted().toList();
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, options(), null, files.getJavaFileObjectsFromPaths(java));
            SignatureWriter writer = new SignatureWriter(task.getElements(), task.getTypes());
            List<TypeElement> types = new ArrayList<>();
            for (Element e : task.analyze()) {
                if (e instanceof TypeElement t && t.getEnclosingElement().getKind() == ElementKind.PACKAGE)
                    types.add(t);
            }
            types.sort((a, b) -> a.getQualifiedName()
                    .toString()
                    .compareTo(b.getQualifiedName().toString()));
            types.forEach(writer::unit);
            return new Signature(writer.toString());
        }
    }

    private static List<String> options() {
        return options(System.getProperty("java.class.path"));
    }

    private static List<String> options(String classPath) {
        return List.of("-proc:none", "-Xlint:none", "--release", "17", "-cp", classPath);
    }

    /** Compiled into a jar. */
    byte[] jar() throws IOException {
        List<JavaFileObject> units = new ArrayList<>();
        for (String unit : text.split("(?m)^(?=package )")) {
            Matcher name = TYPE.matcher(unit);
            if (name.find()) units.add(new Unit(name.group(1), unit));
        }
        // Not the API that is on the class path: a type that the signature lacks is not there.
        return jar(units, classPathWithoutApi());
    }

    /** A jar of sources that are compiled against this signature, which is in the file, and know of no other API. */
    static byte[] jar(Path source, Path signature) throws IOException {
        try (StandardJavaFileManager files =
                ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)) {
            return jar(
                    StreamSupport.stream(files.getJavaFileObjects(source).spliterator(), false)
                            .map(f -> (JavaFileObject) f)
                            .toList(),
                    signature + File.pathSeparator + classPathWithoutApi());
        }
    }

    private static byte[] jar(List<JavaFileObject> units, String classPath) throws IOException {
        Path classes = Files.createTempDirectory("classes");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = new ArrayList<>(options(classPath));
            options.addAll(List.of("-implicit:none", "-d", classes.toString()));
            if (!compiler.getTask(errors, files, null, options, null, units).call()) {
                throw new IllegalArgumentException("it does not compile: " + errors);
            }
            return jar(classes);
        } finally {
            try (Stream<Path> made = Files.walk(classes)) {
                for (Path file : made.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
            }
        }
    }

    /** What the build's class path has beside its own modules. */
    private static String classPathWithoutApi() {
        return String.join(
                File.pathSeparator,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(e -> !e.contains("framework-api"))
                        .toList());
    }

    /** The class files below a folder as a jar. */
    static byte[] jar(Path classes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes);
                Stream<Path> all = Files.walk(classes)) {
            for (Path file :
                    all.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
                jar.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, jar);
                jar.closeEntry();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return bytes.toByteArray();
    }

    private static final class Unit extends SimpleJavaFileObject {
        private final String text;

        Unit(String name, String text) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
