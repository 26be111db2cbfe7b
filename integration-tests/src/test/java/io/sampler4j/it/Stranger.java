package io.sampler4j.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A third party's whole plugin, compiled against framework-api and PF4J alone. */
final class Stranger {
    private static final String SOURCE = """
            package stranger;
            import io.sampler4j.api.*;
            import io.sampler4j.api.diffusion.*;
            import io.sampler4j.api.plugin.*;
            import java.util.List;
            /** DPM-Solver-2 as in k-diffusion: a midpoint in log sigma. */
            @org.pf4j.Extension
            public final class Dpm2 implements DiffusionSampler, Contribution {
                public Dpm2() {}
                @Override public List<Offer<?>> offers() {
                    return List.of(Offer.of(DiffusionSampler.class, "dpm2", o -> new Dpm2()));
                }
                @Override public Needs needs() { return Needs.NONE.in(Coordinates.VE); }
                @Override public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
                    Estimate e = D.estimate(x);
                    Tensor mid = x.like();
                    for (int i = 0; i < grid.steps(); i++) {
                        double s = grid.sigma(i), next = grid.sigma(i + 1), m = Math.sqrt(s * next);
                        D.denoise(x, grid.at(i), e);
                        if (next > 0) {
                            mid.set(1, x, m - s, e.eps());
                            D.denoise(mid, grid.level(m), e);
                        }
                        x.add(next - s, e.eps());
                        run.step(i, x, e.x0());
                    }
                }
            }
            """;

    private Stranger() {}

    static void jar(Path jar) throws IOException {
        jar(jar, "dpm2");
    }

    /** Its sampler under another name. */
    static void jar(Path jar, String sampler) throws IOException {
        Path work = Files.createTempDirectory("stranger");
        Path source = work.resolve("Dpm2.java");
        Files.writeString(source, SOURCE.replace("\"dpm2\"", "\"" + sampler + "\""));
        String lib = Distribution.home().resolve("lib").toString();
        String classpath;
        try (Stream<Path> jars = Files.list(Path.of(lib))) {
            classpath = jars.filter(j -> j.getFileName().toString().matches("(framework-api|pf4j|apiguardian).*\\.jar"))
                    .map(Path::toString)
                    .reduce((a, b) -> a + java.io.File.pathSeparator + b)
                    .orElseThrow();
        }
        int code = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "--release",
                        "17",
                        "-cp",
                        classpath,
                        "-d",
                        work.toString(),
                        source.toString());
        if (code != 0) throw new IllegalStateException("it does not compile");
        Manifest manifest = new Manifest();
        Attributes a = manifest.getMainAttributes();
        a.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        a.putValue("Plugin-Id", "stranger.dpm2");
        a.putValue("Plugin-Version", "2.1.0");
        a.putValue("Plugin-Requires", ">=1.0.0 & <2.0.0");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out, manifest)) {
            put(zip, "META-INF/extensions.idx", "stranger.Dpm2\n".getBytes(StandardCharsets.UTF_8));
            put(zip, "stranger/Dpm2.class", Files.readAllBytes(work.resolve("stranger/Dpm2.class")));
        }
    }

    private static void put(JarOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new JarEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }
}
