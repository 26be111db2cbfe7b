package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Spacings;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.testing.GaussianMixture;
import io.sampler4j.it.MixtureModel.Cell;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any continuous sampler on any continuous network: every sampler that the built plugins offer, on the exact denoiser of
 * a mixture of Gaussians as an ONNX file of every parameterization in VP, VE and flow coordinates (F in its own), by the
 * public API. Networks that know pure noise start in it, the others at sigma/alpha = 20.
 */
class MatrixIT {
    private static final int STEPS = 60;
    /** Networks in float32, 1e-7 of numbers up to 20 in every evaluation: measured at 3e-6. */
    private static final float SAME = 1e-4f;
    /** An adaptive sampler's other steps, to another end where a network has no answer at the data: its tolerance adds up. */
    private static final float SAME_ADAPTIVE = 1e-3f;

    private static final double HIGH = 20, LOW = .02;
    private static final Set<String> OWN_TIME = Set.of("pndm");
    private static final Set<String> DISTILLED = Set.of("lcm", "tcd", "consistency");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, List<String>> SEEN = new TreeMap<>();

    @TempDir
    static Path folder;

    private static Sampler4j sampler4j;
    private static Path noise;
    private static final float[] NORMALS = new float[MixtureModel.ELEMENTS];

    @BeforeAll
    static void open() throws IOException {
        Path models = Files.createDirectories(folder.resolve("models"));
        for (Cell cell : cells()) cell.write(models);
        sampler4j = Sampler4j.builder()
                .modelsDirectory(models)
                .pluginsDirectory(Distribution.plugins())
                .open();
        // Noise from one side to the other: what becomes of each is known.
        for (int i = 0; i < NORMALS.length; i++) NORMALS[i] = (float) (2.5 * (2 * (i + .5) / NORMALS.length - 1));
        noise = folder.resolve("noise.npy");
        try (OutputStream out = Files.newOutputStream(noise)) {
            new Npy(new int[] {1, 1, 8, 8}, NORMALS).write(out);
        }
    }

    @AfterAll
    static void close() throws IOException {
        sampler4j.close();
        writeTable(Path.of("target", "matrix.md"));
    }

    /** What was seen, a row for each sampler and a column for each network. */
    private static void writeTable(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(
                "The largest error against the exact ODE; for samplers that draw, the largest difference from the first");
        lines.add("network that starts as this one does.");
        lines.add("");
        lines.add("| sampler | " + cells().stream().map(Cell::name).collect(Collectors.joining(" | ")) + " |");
        lines.add("| --- |" + " ---: |".repeat(cells().size()));
        SEEN.forEach((sampler, row) -> lines.add("| " + sampler + " | " + String.join(" | ", row) + " |"));
        Files.write(file, lines);
    }

    private static List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (String prediction : List.of("epsilon", "x0", "v", "velocity", "score")) {
            for (String coordinates : List.of("VP", "VE", "FLOW")) cells.add(new Cell(prediction, coordinates));
        }
        cells.add(new Cell("F", "VE"));
        return cells;
    }

    private static List<Offer<?>> samplers() {
        return sampler4j.plugins().reports().stream()
                .flatMap(r -> r.offers().stream())
                .<Offer<?>>map(o -> o)
                .filter(o -> o.kind() == DiffusionSampler.class)
                .toList();
    }

    @Test
    void theSamplersOfThePluginsAreHere() {
        assertThat(samplers())
                .extracting(Offer::name)
                .contains("ddpm", "ddim", "edm", "rectified-flow", "dopri5", "euler", "heun");
    }

    @TestFactory
    Stream<DynamicTest> everySamplerRunsOnEveryNetwork() {
        return samplers().stream()
                .map(offer -> DynamicTest.dynamicTest(offer.name(), () -> {
                    if (DISTILLED.contains(offer.name())) {
                        for (Cell cell : cells()) {
                            isRefused(offer, cell);
                            seen(offer, "refused");
                        }
                        return;
                    }
                    boolean drawn = false;
                    Map<String, float[]> first = new HashMap<>();
                    for (Cell cell : cells()) {
                        Result result = sampler4j.run(request(offer, cell).initNoise(noise));
                        drawn = JSON.readTree(result.record().json())
                                        .path("draws")
                                        .asInt()
                                > 0;
                        first.putIfAbsent(like(offer, cell), result.sample(0));
                        float most = isTheSame(offer, cell, result.sample(0), first.get(like(offer, cell)));
                        seen(offer, drawn ? most : solvesTheOde(offer, cell, result.sample(0)));
                    }
                    if (drawn) hasTheLaw(offer, new Cell("v", "FLOW"));
                }));
    }

    /** In every cell noise is that of its first level: the same in VP coordinates, which unit noise fits as well. */
    private static Request request(Offer<?> offer, Cell cell) {
        return Request.of(cell.name())
                .sampler(offer.name())
                .ratios(ratios(cell))
                .set("run.init-scale", "sigma")
                .seed(7);
    }

    private static double[] ratios(Cell cell) {
        double[] between = Spacings.karras(STEPS, HIGH, LOW, 7);
        int pure = cell.knowsPureNoise() ? 1 : 0;
        double[] ratios = new double[STEPS + pure + 1];
        System.arraycopy(between, 0, ratios, pure, STEPS);
        if (pure == 1) ratios[0] = Double.POSITIVE_INFINITY;
        return ratios;
    }

    private static void isRefused(Offer<?> offer, Cell cell) {
        assertThatThrownBy(() -> sampler4j.plan(request(offer, cell)))
                .as("%s on %s", offer.name(), cell.name())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("distilled");
    }

    /** The cells that start alike; and for one whose steps are taken in the network's own time, those that count it alike. */
    private static String like(Offer<?> offer, Cell cell) {
        String time = cell.prediction().equals("F") ? "c_noise" : cell.coordinates();
        return cell.knowsPureNoise() + (OWN_TIME.contains(offer.name()) ? time : "");
    }

    /** A sampler sees x0 and eps alone, so what it makes of the same noise and the same draws is the same everywhere. */
    private static float isTheSame(Offer<?> offer, Cell cell, float[] made, float[] first) {
        float most = 0;
        float tolerance = offer.name().equals("dopri5") ? SAME_ADAPTIVE : SAME;
        for (int i = 0; i < made.length; i++) {
            assertThat(made[i])
                    .as("element %d of %s on %s", i, offer.name(), cell.name())
                    .isCloseTo(first[i], within(tolerance));
            most = Math.max(most, Math.abs(made[i] - first[i]));
        }
        return most;
    }

    private static void seen(Offer<?> offer, double error) {
        seen(offer, String.format(Locale.ROOT, "%.1e", error));
    }

    private static void seen(Offer<?> offer, String text) {
        SEEN.computeIfAbsent(offer.name(), n -> new ArrayList<>()).add(text);
    }

    /** To the exact solution from the same noise, over the middle 98 in a hundred. */
    private static double solvesTheOde(Offer<?> offer, Cell cell, float[] made) {
        double worst = 0;
        for (int i = 0; i < NORMALS.length; i++) {
            double exact = exact(cell, NORMALS[i]);
            worst = Math.max(worst, Math.abs(made[i] - exact));
        }
        // Measured in 60 steps over the three peaks: first order 0.06 at most, second order and above 0.006, in
        // float32.
        double bound = offer.order().orElse(1) == 1 ? .12 : .012;
        assertThat(worst).as("%s on %s", offer.name(), cell.name()).isLessThan(bound);
        return worst;
    }

    private static double exact(Cell cell, double z) {
        double high = cell.knowsPureNoise() ? 1e6 : HIGH;
        return GaussianMixture.THREE.transport(high * z, high, 0);
    }

    private static void hasTheLaw(Offer<?> offer, Cell cell) {
        int count = 128;
        Result result = sampler4j.run(request(offer, cell).count(count).batch(count));
        double sum = 0, squares = 0;
        for (float v : result.array().values()) {
            sum += v;
            squares += (double) v * v;
        }
        int n = count * MixtureModel.ELEMENTS;
        double mean = sum / n, width = Math.sqrt(squares / n - mean * mean);
        double wanted = 0, square = MixtureModel.WIDTH * MixtureModel.WIDTH;
        for (int k = 0; k < 3; k++) {
            wanted += MixtureModel.WEIGHTS[k] * MixtureModel.MEANS[k];
            square += MixtureModel.WEIGHTS[k] * MixtureModel.MEANS[k] * MixtureModel.MEANS[k];
        }
        // Sampling error of 8192 draws: of the mean 0.011, of the width 0.008; the rest is the sampler's at 60 steps.
        assertThat(mean).as("mean of %s on %s", offer.name(), cell.name()).isCloseTo(wanted, within(.05));
        assertThat(width)
                .as("width of %s on %s", offer.name(), cell.name())
                .isCloseTo(Math.sqrt(square - wanted * wanted), within(.06));
    }
}
