package io.sampler4j.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.it.Distribution;
import io.sampler4j.it.Tool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin compiled against the API's signature of 1.0, and never touched since, on the host that this build made. */
class FrozenPluginIT {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void compile() throws IOException {
        Path signature = Files.write(
                folder.resolve("signature.jar"), Signature.committed().jar());
        byte[] classes = Signature.jar(Path.of("src/test/resources/frozen-plugin/frozen/Frozen.java"), signature);
        Path plugins = Files.createDirectories(folder.resolve("plugins"));
        try (Stream<Path> shipped = Files.list(Distribution.plugins())) {
            for (Path jar : shipped.toList()) Files.copy(jar, plugins.resolve(jar.getFileName()));
        }
        Manifest manifest = new Manifest();
        Attributes a = manifest.getMainAttributes();
        a.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        a.putValue("Plugin-Id", "frozen");
        a.putValue("Plugin-Version", "1.0.0");
        a.putValue("Plugin-Requires", ">=1.0.0 & <2.0.0");
        try (JarInputStream from = new JarInputStream(new ByteArrayInputStream(classes));
                JarOutputStream to = new JarOutputStream(
                        Files.newOutputStream(folder.resolve("plugins/frozen-1.0.0.jar")), manifest)) {
            to.putNextEntry(new JarEntry("META-INF/extensions.idx"));
            to.write("frozen.Frozen\n".getBytes(StandardCharsets.UTF_8));
            for (JarEntry e; (e = from.getNextJarEntry()) != null; ) {
                to.putNextEntry(new JarEntry(e.getName()));
                from.transferTo(to);
            }
        }
    }

    private static Tool.Ended generate(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("generate", "--seed", "1"));
        all.addAll(List.of("--plugins-dir", folder.resolve("plugins").toString()));
        all.addAll(List.of(arguments));
        Tool.Ended ended = Tool.run(all.toArray(new String[0]));
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended;
    }

    private static byte[] digits(String sampler, String scheduler, String guidance)
            throws IOException, InterruptedException {
        Path out = folder.resolve(sampler + ".npy");
        generate(
                "--model",
                "digits-ddpm",
                "--sampler",
                sampler,
                "--scheduler",
                scheduler,
                "--guidance",
                guidance,
                "--cfg-scale",
                "2",
                "--set",
                "eta=0.5",
                "--steps",
                "4",
                "--class",
                "3,7",
                "--count",
                "2",
                "-o",
                out.toString());
        return Files.readAllBytes(out);
    }

    @Test
    void itsSamplerSchedulerAndGuidanceMakeTheBitsThatTodaysMake() throws Exception {
        assertThat(digits("FrozenDDIM", "frozen-trailing", "frozen-cfg")).isEqualTo(digits("ddim", "trailing", "cfg"));
    }

    @Test
    void itsTokenSamplerWritesTheTextThatTodaysWrites() throws Exception {
        String[] same = {"--model", "kjv-llada", "-p", "In the beginning", "--length", "8"};
        String text = generate(arguments(same, "--sampler", "frozen-greedy")).out();
        String todays = generate(arguments(
                        same,
                        "--sampler",
                        "llada",
                        "--steps",
                        "8",
                        "--set",
                        "temperature=0",
                        "--set",
                        "choice=confidence",
                        "--set",
                        "stop-at-end=false"))
                .out();
        assertThat(text).isNotBlank().isEqualTo(todays);
    }

    private static String[] arguments(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(new String[0]);
    }
}
