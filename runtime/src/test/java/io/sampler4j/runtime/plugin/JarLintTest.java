package io.sampler4j.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import jdk.security.jarsigner.JarSigner;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a jar without loading it: each case beside the text that a person would read. */
class JarLintTest {
    @TempDir
    Path folder;

    private Jars calling(String body) {
        return calling(body, "");
    }

    private Jars calling(String body, String members) {
        return Jars.in(folder)
                .id("test.bad")
                .source("acme.Good", Jars.contribution(body + " return List.of();", members));
    }

    /** Compiled against an API that is not this one. */
    private Jars against(String api, String source, String body) {
        return calling(body).source(api, source).without("io/sampler4j/");
    }

    private record Case(String name, Jars jar, String problem, String remedy) {}

    @TestFactory
    Stream<DynamicTest> aReferenceThatIsRefused() {
        return Stream.of(
                        new Case(
                                "System.exit",
                                calling("System.exit(1);"),
                                "acme.Good calls java.lang.System.exit, which ends more than the plugin",
                                "throw an exception"),
                        new Case(
                                "Runtime.halt, as a method reference",
                                calling("java.util.function.IntConsumer c = Runtime.getRuntime()::halt;"),
                                "calls java.lang.Runtime.halt",
                                "throw an exception"),
                        new Case(
                                "Runtime.exit",
                                calling("Runtime.getRuntime().exit(1);"),
                                "calls java.lang.Runtime.exit",
                                "throw an exception"),
                        new Case(
                                "Thread.stop, of a thread of its own",
                                calling("new Mine().stop();", "static class Mine extends Thread {}"),
                                "calls java.lang.Thread.stop",
                                "throw an exception"),
                        new Case(
                                "a class of the host",
                                calling("io.sampler4j.runtime.Sampler4j.open().close();"),
                                "refers to io.sampler4j.runtime.Sampler4j, which is the host's own",
                                "use what framework-api has"),
                        new Case(
                                "ONNX Runtime",
                                calling("Object o = ai.onnxruntime.OrtEnvironment.class;"),
                                "refers to ai.onnxruntime.OrtEnvironment",
                                "use what framework-api has"),
                        new Case(
                                "a method that the API does not have",
                                against(
                                        "io.sampler4j.api.Condition",
                                        "package io.sampler4j.api; public final class Condition {"
                                                + " public static int frob(double[] x, String s, long n) { return 0; } }",
                                        "io.sampler4j.api.Condition.frob(null, null, 1);"),
                                "refers to io.sampler4j.api.Condition.frob(double[], String, long), which framework-api "
                                        + PluginHost.API_VERSION + " does not have",
                                "compile it against framework-api"),
                        new Case(
                                "a method that it has with another result",
                                against(
                                        "io.sampler4j.api.Refusals",
                                        "package io.sampler4j.api; public final class Refusals {"
                                                + " public java.util.Set<String> reasons() { return null; } }",
                                        "new io.sampler4j.api.Refusals().reasons();"),
                                "refers to io.sampler4j.api.Refusals.reasons()",
                                "compile it against framework-api"),
                        new Case(
                                "a field that it does not have",
                                against(
                                        "io.sampler4j.api.Condition",
                                        "package io.sampler4j.api; public final class Condition { public static Object ALL; }",
                                        "Object o = io.sampler4j.api.Condition.ALL;"),
                                "refers to io.sampler4j.api.Condition.ALL",
                                "compile it against framework-api"),
                        new Case(
                                "a class that it does not have",
                                against(
                                        "io.sampler4j.api.Later",
                                        "package io.sampler4j.api; public class Later {}",
                                        "new io.sampler4j.api.Later();"),
                                "refers to io.sampler4j.api.Later, which",
                                "compile it against framework-api"),
                        new Case(
                                "a default that it inherits no more",
                                calling("new Mine().gone();", "static class Mine implements io.sampler4j.api.Gone {}")
                                        .source(
                                                "io.sampler4j.api.Gone",
                                                "package io.sampler4j.api; public interface Gone {"
                                                        + " default void gone() {} }")
                                        .without("io/sampler4j/"),
                                "acme.Good$Mine.gone()",
                                "compile it against framework-api"),
                        new Case(
                                "a path out of the jar",
                                calling("").entry("../../evil.sh", new byte[1]),
                                "its entry ../../evil.sh lies outside of the jar",
                                "do not use it"),
                        new Case(
                                "an absolute path",
                                calling("").entry("/etc/cron.d/evil", new byte[1]),
                                "its entry /etc/cron.d/evil lies outside",
                                "do not use it"),
                        new Case(
                                "a class too new among the versions of a jar",
                                calling("").entry("META-INF/versions/11/acme/New.class", head(99)),
                                "acme/New.class in it was compiled for Java 55",
                                "--release 17"),
                        new Case(
                                "a class file that ends too early",
                                calling("").entry("acme/Cut.class", head(61)),
                                "acme/Cut.class in it is no class file",
                                "build the jar again"),
                        new Case(
                                "a class that is a bomb",
                                calling("").entry("acme/Bomb.class", new byte[9 << 20]),
                                "acme/Bomb.class in it has more than 8 MiB",
                                "no compiler"))
                .map(c -> DynamicTest.dynamicTest(c.name(), () -> {
                    PluginCheck found = PluginCheck.lint(c.jar().write("bad.jar"));
                    assertThat(found.problem()).contains(c.problem());
                    assertThat(found.remedy()).contains(c.remedy());
                }));
    }

    private static byte[] head(int major) {
        return new byte[] {(byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 0, (byte) major, 0, 9, 1};
    }

    @Test
    void whatIsMeantForALaterJavaIsNotLookedAt() throws IOException {
        Path jar = Jars.good(folder, "test.good", "good")
                .entry("META-INF/versions/99/acme/New.class", head(99))
                .write("good.jar");
        assertThat(PluginCheck.lint(jar).problem()).isEmpty();
    }

    @Test
    void whatIsNotRefusedAndWorthKnowingIsNoted() throws IOException {
        Path jar = Jars.in(folder)
                .source(
                        "acme.Good",
                        Jars.contribution(
                                "new Thread(() -> {}).start(); Object m = com.fasterxml.jackson.databind.ObjectMapper.class;"
                                        + " return List.of(" + Jars.offer("good") + ");"))
                .write("good.jar");
        PluginCheck found = PluginCheck.lint(jar);
        assertThat(found.ok()).isTrue();
        assertThat(found.notes())
                .containsExactly(
                        "acme.Good calls java.lang.Thread.start()",
                        "acme.Good makes a java.lang.Thread",
                        "acme.Good refers to com.fasterxml.jackson.databind.ObjectMapper, which is neither in the jar nor"
                                + " shown to plugins");
    }

    @Test
    void aHugeFileIsNotCopied() throws IOException {
        Path huge = folder.resolve("huge.jar");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(Staging.LARGEST + 1);
        }
        PluginCheck found = PluginCheck.lint(huge);
        assertThat(found.problem()).contains("256 MiB or more");
        assertThat(found.remedy()).contains("models and data");
    }

    @Test
    void aFileThatEveryoneMayWriteIsRefused() throws IOException {
        Path jar = Jars.good(folder, "test.good", "good").write("good.jar");
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--rw-"));
        assertThat(PluginCheck.lint(jar).problem()).contains("can be written by everyone");
        assertThat(PluginCheck.lint(jar).remedy()).contains("chmod o-w");
    }

    @Test
    void aSignedJarIsTakenAsItWasSignedAndNotOtherwise() throws Exception {
        Path signed = sign(Jars.good(folder, "test.good", "good")
                .entry("acme/data.bin", new byte[100])
                .write("good.jar"));
        assertThat(PluginCheck.lint(signed).problem()).isEmpty();
        Path added = copy(signed, "added.jar", "acme/Extra.txt", new byte[3]);
        assertThat(PluginCheck.lint(added).problem())
                .contains("changed after it was signed: acme/Extra.txt came later");
        Path changed = copy(signed, "changed.jar", "acme/data.bin", new byte[100 + 1]);
        assertThat(PluginCheck.lint(changed).problem())
                .contains("changed after it was signed")
                .contains("acme/data.bin");
        assertThat(PluginCheck.lint(changed).remedy()).contains("whoever signed it");
    }

    private Path sign(Path jar) throws Exception {
        Path store = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "secret")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
        PrivateKey key = (PrivateKey) keys.getKey("a", "secret".toCharArray());
        JarSigner signer = new JarSigner.Builder(
                        key,
                        CertificateFactory.getInstance("X.509").generateCertPath(List.of(keys.getCertificate("a"))))
                .build();
        Path signed = folder.resolve("signed.jar");
        try (ZipFile in = new ZipFile(jar.toFile());
                OutputStream out = Files.newOutputStream(signed)) {
            signer.sign(in, out);
        }
        return signed;
    }

    /** With an entry put in, in place of one that was there or not. */
    private Path copy(Path jar, String name, String entry, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipFile in = new ZipFile(jar.toFile());
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (ZipEntry e : in.stream().toList()) {
                if (e.getName().equals(entry)) continue;
                out.putNextEntry(new ZipEntry(e.getName()));
                try (InputStream from = in.getInputStream(e)) {
                    from.transferTo(out);
                }
            }
            out.putNextEntry(new ZipEntry(entry));
            out.write(content);
        }
        return Files.write(folder.resolve(name), bytes.toByteArray());
    }
}
