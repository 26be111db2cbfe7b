package io.sampler4j.runtime.cli;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.output.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;

/** A Maven project of one sampler, its contribution and their test, from templates beside this class. Immutable. */
final class PluginProject {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern GROUP = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*");
    /** Words that no part of a package may be (Java Language Specification, 3.9). */
    private static final Set<String> KEYWORDS = Set.of(
            "abstract",
            "assert",
            "boolean",
            "break",
            "byte",
            "case",
            "catch",
            "char",
            "class",
            "const",
            "continue",
            "default",
            "do",
            "double",
            "else",
            "enum",
            "extends",
            "false",
            "final",
            "finally",
            "float",
            "for",
            "goto",
            "if",
            "implements",
            "import",
            "instanceof",
            "int",
            "interface",
            "long",
            "native",
            "new",
            "null",
            "package",
            "private",
            "protected",
            "public",
            "return",
            "short",
            "static",
            "strictfp",
            "super",
            "switch",
            "synchronized",
            "this",
            "throw",
            "throws",
            "transient",
            "true",
            "try",
            "void",
            "volatile",
            "while");
    /** Its class would have the name of the interface that it implements. */
    private static final String TAKEN = "diffusion";

    private final String packageName;
    private final String className;
    private final Map<String, String> words;

    private PluginProject(String name, String group) {
        packageName = group + "." + name.replace("-", "");
        className = camel(name);
        words = versions();
        words.putAll(Map.of("name", name, "group", group, "package", packageName, "Name", className));
    }

    /**
     * The project of a sampler.
     *
     * @param name of the sampler, as users will type it
     * @param group a Java package, in which the project's own is
     * @throws RefusedException if one of them cannot be such a name
     */
    static PluginProject named(String name, String group) {
        if (!NAME.matcher(name).matches()) {
            throw new RefusedException("a plugin is named by lower-case letters, digits and hyphens, with a letter"
                    + " first, as in my-heun; got \"" + name + "\"");
        }
        if (KEYWORDS.contains(name.replace("-", "")) || name.equals(TAKEN)) {
            throw new RefusedException("\"" + name + "\" cannot name a Java package or class of a plugin: choose a"
                    + " name of its own, such as my-" + name);
        }
        if (!GROUP.matcher(group).matches() || Arrays.stream(group.split("\\.")).anyMatch(KEYWORDS::contains)) {
            throw new RefusedException(
                    "--group must be a Java package in lower case, as in org.example; got \"" + group + "\"");
        }
        if (group.equals("io.sampler4j") || group.startsWith("io.sampler4j.")) {
            throw new RefusedException(
                    "--group " + group + " is the host's own, whose classes a plugin does not bring: say yours");
        }
        return new PluginProject(name, group);
    }

    /** The Java package of its classes. */
    String packageName() {
        return packageName;
    }

    /**
     * Writes it whole or not at all.
     *
     * @throws RefusedException if something is there already, or it cannot be written
     */
    void write(Path directory) {
        String sources = packageName.replace('.', '/') + "/" + className;
        AtomicFile.folder(directory, folder -> {
            put("pom.xml.txt", folder.resolve("pom.xml"));
            put("README.md.txt", folder.resolve("README.md"));
            put("gitignore.txt", folder.resolve(".gitignore"));
            put("Sampler.java.txt", folder.resolve("src/main/java/" + sources + "Sampler.java"));
            put("Contribution.java.txt", folder.resolve("src/main/java/" + sources + "Contribution.java"));
            put("ContributionTest.java.txt", folder.resolve("src/test/java/" + sources + "ContributionTest.java"));
        });
    }

    private void put(String template, Path file) throws IOException {
        String text;
        try (InputStream in = resource(template)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (Map.Entry<String, String> word : words.entrySet()) {
            text = text.replace("@" + word.getKey() + "@", word.getValue());
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static Map<String, String> versions() {
        Properties properties = new Properties();
        try (InputStream in = resource("versions.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> versions = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> versions.put(key, properties.getProperty(key)));
        return versions;
    }

    private static InputStream resource(String name) {
        return PluginProject.class.getResourceAsStream("new-plugin/" + name);
    }

    private static String camel(String name) {
        StringBuilder camel = new StringBuilder();
        for (String part : name.split("-")) {
            camel.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
        }
        return camel.toString();
    }
}
