package io.sampler4j.it;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The jars and poms of this build as a stranger's Maven would find them, and that Maven, in a process of its own. It
 * lies in this module's {@code target}; nothing is installed for the user. Whatever else a project needs is read, as if
 * from a remote repository, from the one that the build itself filled, so that no network is asked: let a project name
 * the same versions of plugins and libraries as this build. One for a JVM.
 */
public final class LocalRepository {
    private static final long MINUTES = 5;
    private static final Path HOME = Path.of("target", "local-repository").toAbsolutePath();
    private static final Path ARTEFACTS = HOME.resolve("artefacts");
    private static final Path SETTINGS = HOME.resolve("settings.xml");

    private static LocalRepository instance;

    private final String version;

    private LocalRepository(String version) {
        this.version = version;
    }

    /** The repository, made from what was built when it is first asked for. */
    public static synchronized LocalRepository ofTheBuild() throws IOException {
        if (instance == null) {
            Path root = Path.of("..").toAbsolutePath().normalize();
            String version = child(pom(root), "version");
            instance = new LocalRepository(version);
            delete(ARTEFACTS.resolve("io/sampler4j"));
            Files.createDirectories(ARTEFACTS);
            Files.writeString(SETTINGS, settings());
            instance.publish(root);
        }
        return instance;
    }

    /** The version of all artefacts of the build. */
    public String version() {
        return version;
    }

    /** An artefact of the build, group {@code io.sampler4j}. */
    public Path jar(String artifact) {
        return folder(artifact).resolve(artifact + "-" + version + ".jar");
    }

    /** The beginning of a command line that is Maven on this repository; goals follow. */
    public List<String> mavenCommand() {
        return List.of(
                Path.of(property("sampler4j.maven"), "bin", "mvn").toString(),
                "--batch-mode",
                "--no-transfer-progress",
                "--settings",
                SETTINGS.toString(),
                "--global-settings",
                SETTINGS.toString(),
                "-Dmaven.repo.local=" + ARTEFACTS);
    }

    /**
     * Runs Maven in a project's folder and waits for it.
     *
     * @param arguments such as {@code verify}
     * @return its exit code and what it printed, both streams in {@code out}
     */
    public Tool.Ended maven(Path project, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(mavenCommand());
        command.addAll(Arrays.asList(arguments));
        Path out = Files.createTempFile("maven", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        prepare(builder.environment());
        Process process = builder.start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("still running after " + MINUTES + " minutes: " + String.join(" ", command)
                    + System.lineSeparator() + Files.readString(out));
        }
        return new Tool.Ended(process.exitValue(), Files.readString(out), "");
    }

    /** The environment of such a Maven: this JVM, and nothing of what the outer build was told. */
    public static void prepare(Map<String, String> environment) {
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.keySet().removeAll(List.of("MAVEN_ARGS", "MAVEN_OPTS", "MAVEN_CONFIG"));
    }

    /** The module in this folder and those below it, each pom with its jar. */
    private void publish(Path module) throws IOException {
        Element project = pom(module);
        String artifact = child(project, "artifactId");
        Path folder = Files.createDirectories(folder(artifact));
        Files.copy(module.resolve("pom.xml"), folder.resolve(artifact + "-" + version + ".pom"), REPLACE_EXISTING);
        if (!"pom".equals(child(project, "packaging"))) {
            Path built = module.resolve("target").resolve(artifact + "-" + version + ".jar");
            if (!Files.exists(built)) {
                throw new IllegalStateException(built + " is not there: `mvn verify` builds it before these tests");
            }
            Files.copy(built, jar(artifact), REPLACE_EXISTING);
        }
        for (String name : modules(project)) publish(module.resolve(name));
    }

    private Path folder(String artifact) {
        return ARTEFACTS.resolve("io/sampler4j").resolve(artifact).resolve(version);
    }

    /** The build's own repository in the place of every other; released files in it do not change. */
    private static String settings() {
        return """
                <settings>
                  <mirrors>
                    <mirror>
                      <id>build</id>
                      <mirrorOf>*</mirrorOf>
                      <url>%s</url>
                    </mirror>
                  </mirrors>
                </settings>
                """.formatted(Path.of(property("sampler4j.repository")).toUri());
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) throw new IllegalStateException("mvn verify says where Maven is by the property " + name);
        return value;
    }

    private static Element pom(Path module) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(module.resolve("pom.xml").toFile())
                    .getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("no pom in " + module, e);
        }
    }

    private static List<String> modules(Element project) {
        List<String> names = new ArrayList<>();
        for (Element modules : children(project, "modules")) {
            for (Element module : children(modules, "module")) {
                names.add(module.getTextContent().strip());
            }
        }
        return names;
    }

    /** The text of a child, empty where there is none. */
    private static String child(Element parent, String name) {
        return children(parent, name).stream()
                .findFirst()
                .map(e -> e.getTextContent().strip())
                .orElse("");
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        NodeList all = parent.getChildNodes();
        for (int i = 0; i < all.getLength(); i++) {
            Node node = all.item(i);
            if (node instanceof Element e && e.getTagName().equals(name)) found.add(e);
        }
        return found;
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(each);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
