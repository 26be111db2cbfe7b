package io.sampler4j.it.swap;

import io.sampler4j.it.Distribution;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * A sampler plugin and a scheduler plugin in some variants, compiled against framework-api and PF4J alone. Each variant
 * knows its number twice, in a class that is loaded with it and in one that is loaded in the middle of its first run, and
 * fails where the two differ.
 */
final class Variants {
    private static final String SAMPLER = """
            package swapped;
            import io.sampler4j.api.*;
            import io.sampler4j.api.diffusion.*;
            import io.sampler4j.api.plugin.*;
            import java.util.List;
            @org.pf4j.Extension
            public final class Main implements DiffusionSampler, Contribution {
                static final int VARIANT = %1$d;
                public Main() {}
                @Override public List<Offer<?>> offers() {
                    return List.of(Offer.of(DiffusionSampler.class, "swapped", o -> new Main()));
                }
                @Override public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
                    Estimate e = D.estimate(x);
                    for (int i = 0; i < grid.steps(); i++) {
                        D.denoise(x, grid.at(i), e);
                        x.set(grid.alpha(i + 1), e.x0(), grid.sigma(i + 1), e.eps());
                        if (Late.variant() != VARIANT) throw new IllegalStateException("mixed " + VARIANT);
                        run.step(i, x, e.x0());
                    }
                }
            }
            """;
    private static final String SCHEDULER = """
            package swapped;
            import io.sampler4j.api.diffusion.*;
            import io.sampler4j.api.plugin.*;
            import java.util.List;
            @org.pf4j.Extension
            public final class Main implements NoiseScheduler, Contribution {
                static final int VARIANT = %1$d;
                public Main() {}
                @Override public List<Offer<?>> offers() {
                    return List.of(Offer.of(NoiseScheduler.class, "swapped", o -> new Main()));
                }
                @Override public NoiseGrid grid(NoiseProcess process, int steps) {
                    if (Late.variant() != VARIANT) throw new IllegalStateException("mixed " + VARIANT);
                    double high = Math.min(process.highest(), 50), low = 0.02;
                    double[] ratios = new double[steps + 1];
                    for (int i = 0; i < steps; i++) ratios[i] = high * Math.pow(low / high, (double) i / steps);
                    return NoiseGrid.of(process.coordinates(), ratios);
                }
            }
            """;
    private static final String LATE = """
            package swapped;
            final class Late {
                private Late() {}
                static int variant() { return %1$d; }
            }
            """;

    private final Path built;
    private final int count;

    private Variants(Path built, int count) {
        this.built = built;
        this.count = count;
    }

    /** Builds them in a directory that is not the host's. */
    static Variants build(Path directory, int count) throws IOException {
        Variants variants = new Variants(Files.createDirectories(directory), count);
        for (int v = 0; v < count; v++) {
            jar(variants.sampler(v), "swapped.sampler", SAMPLER, v);
            jar(variants.scheduler(v), "swapped.scheduler", SCHEDULER, v);
        }
        return variants;
    }

    int count() {
        return count;
    }

    Path sampler(int variant) {
        return built.resolve("sampler-" + variant + ".jar");
    }

    Path scheduler(int variant) {
        return built.resolve("scheduler-" + variant + ".jar");
    }

    /** Puts both plugins of a variant in place of what is there. */
    void put(int variant, Path plugins) throws IOException {
        replace(sampler(variant), plugins.resolve("sampler.jar"));
        replace(scheduler(variant), plugins.resolve("scheduler.jar"));
    }

    private static void replace(Path from, Path to) throws IOException {
        Path part = to.resolveSibling(to.getFileName() + ".part");
        Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void jar(Path jar, String id, String source, int variant) throws IOException {
        Path work = Files.createTempDirectory("variant");
        try {
            Files.writeString(work.resolve("Main.java"), source.formatted(variant));
            Files.writeString(work.resolve("Late.java"), LATE.formatted(variant));
            compile(work);
            Manifest manifest = new Manifest();
            Attributes a = manifest.getMainAttributes();
            a.put(Attributes.Name.MANIFEST_VERSION, "1.0");
            a.putValue("Plugin-Id", id);
            a.putValue("Plugin-Version", "1.0." + variant);
            a.putValue("Plugin-Requires", ">=1.0.0 & <2.0.0");
            try (OutputStream out = Files.newOutputStream(jar);
                    JarOutputStream zip = new JarOutputStream(out, manifest)) {
                put(zip, "META-INF/extensions.idx", "swapped.Main\n".getBytes(StandardCharsets.UTF_8));
                for (String name : List.of("swapped/Main.class", "swapped/Late.class")) {
                    put(zip, name, Files.readAllBytes(work.resolve(name)));
                }
            }
        } finally {
            try (Stream<Path> all = Files.walk(work)) {
                for (Path p : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(p);
            }
        }
    }

    private static void compile(Path work) throws IOException {
        String classPath;
        try (Stream<Path> jars = Files.list(Distribution.home().resolve("lib"))) {
            classPath = jars.filter(j -> j.getFileName().toString().matches("(framework-api|pf4j|apiguardian).*\\.jar"))
                    .map(Path::toString)
                    .collect(Collectors.joining(java.io.File.pathSeparator));
        }
        List<String> arguments =
                new ArrayList<>(List.of("-proc:none", "--release", "17", "-cp", classPath, "-d", work.toString()));
        for (String file : List.of("Main.java", "Late.java"))
            arguments.add(work.resolve(file).toString());
        int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        if (code != 0) throw new IllegalStateException("it does not compile");
    }

    private static void put(JarOutputStream zip, String name, byte[] bytes) throws IOException {
        zip.putNextEntry(new JarEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }
}
