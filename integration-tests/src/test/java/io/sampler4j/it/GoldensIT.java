package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.onnx.TinyOnnx;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The reference's own full loops, element by element: its dummy network as an ONNX file, its configuration as a
 * manifest, through the shipped plugin jars and the public API.
 */
class GoldensIT {
    /** The reference's dummies, methods-continuous: shape (4, 3, 8, 8), and a network x t / (t + 1). */
    private static final int BATCH = 4;

    private static final int ELEMENTS = 3 * 8 * 8;
    /** design.md: reference loops are met per element to 1e-4 of its size or of the rms, whichever is greater. */
    private static final double TOLERANCE = 1e-4;

    private static JsonNode goldens;
    private static Sampler4j sampler4j;

    @TempDir
    static Path folder;

    @BeforeAll
    static void open() throws IOException {
        try (InputStream in = GoldensIT.class.getResourceAsStream("/goldens/diffusers.json")) {
            goldens = new ObjectMapper().readTree(in);
        }
        Files.createDirectories(folder.resolve("models"));
        sampler4j = Sampler4j.builder()
                .modelsDirectory(folder.resolve("models"))
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    @AfterAll
    static void close() {
        sampler4j.close();
    }

    @TestFactory
    Stream<DynamicTest> everyElementAgreesWithTheReference() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode entry : goldens.path("entries")) {
            String name = entry.path("name").asText();
            tests.add(DynamicTest.dynamicTest(name, () -> {
                if (name.endsWith("batch_step_no_noise")) batchStep(entry);
                else fullLoop(entry);
            }));
        }
        return tests.stream();
    }

    private void fullLoop(JsonNode entry) throws IOException {
        JsonNode config = entry.path("config");
        String name = entry.path("name").asText();
        boolean inverse = name.startsWith("ddim_inverse");
        boolean ddpm = name.startsWith("ddpm") || name.startsWith("unclip");
        Path states = folder.resolve(name + ".states.npy");
        Request request = Request.of(model(name, entry))
                .count(BATCH)
                .batch(BATCH)
                .seed(0)
                .seedMode("batch")
                .traceStates(states)
                .sampler(ddpm ? "ddpm" : "ddim");
        if (name.startsWith("unclip")) request = request.set("variance", "small-log");
        if (config.has("set_alpha_to_one") && !config.path("set_alpha_to_one").asBoolean()) {
            request = request.set("scheduler.end", "lowest");
        }
        if (name.endsWith("with_noise")) {
            List<Integer> times = ddpm ? List.of(1, 0) : List.of(100, 0);
            request = request.scheduler("explicit")
                    .set("scheduler.timesteps", times.get(0) + "," + times.get(1))
                    .initNoise(write(name, noised(config, times.get(0))));
        } else if (name.endsWith("skip_timesteps")) {
            request = request.scheduler("linspace").steps(25).initNoise(write(name, ramp()));
        } else {
            request = request.scheduler("leading").steps(ddpm ? 1000 : 10);
            request = inverse
                    ? request.set("model.time", "ahead").invert(write(name, toInvert(config)))
                    : request.initNoise(write(name, ramp()));
        }
        Result result = sampler4j.run(request);
        result.write(folder.resolve(name + ".npy"));
        Npy path = Npy.read(states);
        int last = path.values().length - BATCH * ELEMENTS;
        double artefact = name.startsWith("unclip") ? lastStepOfUnclip() : 1;
        agree(Arrays.copyOfRange(path.values(), last, path.values().length), entry, artefact);
        sumsAgree(path, entry, artefact);
    }

    /** Three steps of batches that stand at different times are three runs of one step. */
    private void batchStep(JsonNode entry) throws IOException {
        String name = entry.path("name").asText();
        boolean ddpm = name.startsWith("ddpm");
        float[] all = new float[3 * BATCH * ELEMENTS];
        String model = model(name, entry);
        double[] ratios = table();
        for (int t = 0; t < 3; t++) {
            float[] start = ramp();
            for (int i = 0; i < start.length; i++) start[i] += t == 0 ? 0 : t == 1 ? 0.1f : -0.1f;
            double next = ddpm && t > 0 ? ratios[t - 1] : 0;
            Request request = Request.of(model)
                    .sampler(ddpm ? "ddpm" : "ddim")
                    .ratios(new double[] {ratios[t], next})
                    .count(BATCH)
                    .initNoise(write(name + t, start));
            if (ddpm && t > 0) request = request.stepNoise(zeros(name + t));
            float[] end = sampler4j.run(request).array().values();
            double alpha = next == 0 ? 1 : 1 / Math.sqrt(1 + next * next);
            for (int i = 0; i < end.length; i++) all[t * end.length + i] = (float) (end[i] * alpha);
        }
        agree(all, entry, 1);
    }

    /**
     * By what the reference's UnCLIP scheduler multiplies x0 in its last step, where it should be 1: beta over 1 -
     * alpha-bar, of which the second has lost its digits in float32. Read in its step() and seen: 0.99947.
     */
    private static double lastStepOfUnclip() {
        double c0 = Math.cos(0.008 / 1.008 * Math.PI / 2), c1 = Math.cos((0.001 + 0.008) / 1.008 * Math.PI / 2);
        float beta = (float) (1 - c1 * c1 / (c0 * c0));
        return beta / (1f - (1f - beta));
    }

    /** The reference inverts x as it is; here samples are data, and alpha of the first level is applied to them. */
    private static float[] toInvert(JsonNode config) {
        float[] x = ramp();
        if (config.path("set_alpha_to_one").asBoolean()) return x;
        double alpha = Math.sqrt(1 - config.path("beta_start").asDouble());
        for (int i = 0; i < x.length; i++) x[i] = (float) (x[i] / alpha);
        return x;
    }

    private static void agree(float[] actual, JsonNode entry, double artefact) {
        JsonNode expected = entry.path("final");
        assertThat(actual).hasSize(expected.size());
        // Each of UnCLIP's thousand steps has such an artefact, none greater than the last one's.
        boolean allSteps = entry.path("name").asText().equals("unclip.full_loop");
        double tolerance = TOLERANCE + (allSteps ? 1 / artefact - 1 : 0);
        double squares = 0;
        for (JsonNode e : expected) squares += e.asDouble() * e.asDouble();
        double rms = Math.sqrt(squares / expected.size());
        for (int i = 0; i < actual.length; i++) {
            double e = expected.get(i).asDouble() / artefact;
            assertThat((double) actual[i])
                    .as("element %d", i)
                    .isCloseTo(e, within(tolerance * Math.max(Math.abs(e), rms)));
        }
    }

    /** The sum of |x| after each step that was recorded: all of a short loop, the ends of a long one. */
    private static void sumsAgree(Npy states, JsonNode entry, double artefact) {
        int steps = states.shape()[0] - 1;
        JsonNode all = entry.path("abs_sums"), excerpt = entry.path("steps_excerpt");
        JsonNode last = excerpt.path("last");
        for (int i = 0; i < steps; i++) {
            int fromEnd = last.size() - steps + i;
            JsonNode sum = all.isArray()
                    ? all.path(i)
                    : i < excerpt.path("first").size()
                            ? excerpt.path("first").path(i).path("abs_sum")
                            : fromEnd >= 0 ? last.path(fromEnd).path("abs_sum") : null;
            if (sum == null) continue;
            assertThat(sum.isNumber()).as("a recorded sum of step %d", i).isTrue();
            boolean allSteps = entry.path("name").asText().equals("unclip.full_loop");
            sumAgrees(
                    states,
                    i,
                    i == steps - 1 ? sum.asDouble() / artefact : sum.asDouble(),
                    2 * TOLERANCE + (allSteps ? 1 / artefact - 1 : 0));
        }
    }

    private static void sumAgrees(Npy states, int step, double expected, double tolerance) {
        int n = BATCH * ELEMENTS;
        double sum = 0;
        for (int i = 0; i < n; i++) sum += Math.abs(states.values()[(step + 1) * n + i]);
        // A sum of |x| errs by no more than the sum of what its elements may: n times 1e-4 of the rms or of the
        // element.
        assertThat(sum).as("sum of |x| after step %d", step).isCloseTo(expected, within(tolerance * expected));
    }

    private static float[] ramp() {
        float[] x = new float[BATCH * ELEMENTS];
        for (int b = 0; b < BATCH; b++) {
            for (int i = 0; i < ELEMENTS; i++) x[b * ELEMENTS + i] = (i * BATCH + b) / 768f;
        }
        return x;
    }

    /** The ramp with the same ramp turned round as noise, at a training index. */
    private static float[] noised(JsonNode config, int t) {
        double bar = 1;
        for (int i = 0; i <= t; i++) {
            double beta = config.path("beta_start").asDouble()
                    + i
                            * (config.path("beta_end").asDouble()
                                    - config.path("beta_start").asDouble())
                            / 999;
            bar *= 1 - beta;
        }
        float[] x = ramp();
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (Math.sqrt(bar) * x[i] + Math.sqrt(1 - bar) * (767f / 768f - x[i]));
        }
        return x;
    }

    private static double[] table() {
        double[] ratios = new double[1000];
        double bar = 1;
        for (int i = 0; i < 1000; i++) {
            bar *= 1 - (1e-4 + i * (0.02 - 1e-4) / 999);
            ratios[i] = Math.sqrt((1 - bar) / bar);
        }
        return ratios;
    }

    private static Path write(String name, float[] values) throws IOException {
        Path file = folder.resolve(name + ".in.npy");
        try (OutputStream out = Files.newOutputStream(file)) {
            new Npy(new int[] {BATCH, 3, 8, 8}, values).write(out);
        }
        return file;
    }

    private static Path zeros(String name) throws IOException {
        Path file = folder.resolve(name + ".zeros.npy");
        try (OutputStream out = Files.newOutputStream(file)) {
            new Npy(new int[] {1, BATCH, 3, 8, 8}, new float[BATCH * ELEMENTS]).write(out);
        }
        return file;
    }

    /** The directory of a model whose network is the dummy and whose manifest says what the configuration does. */
    private static String model(String name, JsonNode entry) throws IOException {
        Path directory = folder.resolve("models").resolve(name.replace('.', '-'));
        Files.createDirectories(directory);
        TinyOnnx.write(directory.resolve("network.onnx"), TinyOnnx.denoiser(3, 8, 8));
        JsonNode config = entry.path("config");
        String schedule = switch (config.path("beta_schedule").asText("linear")) {
            case "squaredcos_cap_v2" -> "squared-cosine";
            default -> "linear";
        };
        ObjectNode manifest = new ObjectMapper().createObjectNode();
        manifest.put("format", 1).put("kind", "diffusion").put("about", "the reference's dummy network");
        manifest.putObject("files").put("network.onnx", Distribution.sha256(directory.resolve("network.onnx")));
        ObjectNode denoiser = manifest.putObject("networks").putObject("denoiser");
        denoiser.put("file", "network.onnx");
        denoiser.putObject("inputs").put("x", "x").put("time", "t");
        denoiser.putObject("outputs").put("prediction", "out");
        ObjectNode process = manifest.putObject("process");
        process.put("coordinates", "VP");
        process.putObject("betas")
                .put("schedule", schedule)
                .put("start", config.path("beta_start").asDouble(1e-4))
                .put("end", config.path("beta_end").asDouble(0.02))
                .put("steps", 1000)
                .put("precision", "float32");
        manifest.put("prediction", config.path("prediction_type").asText().equals("v_prediction") ? "v" : "epsilon");
        manifest.putObject("time").put("kind", "index").put("perSample", true);
        manifest.putObject("clip").put("range", 1.0);
        ObjectNode sample = manifest.putObject("sample");
        sample.putArray("shape").add(3).add(8).add(8);
        sample.putArray("range").add(-1).add(1);
        Files.writeString(directory.resolve("model.json"), manifest.toPrettyString());
        return directory.getFileName().toString();
    }
}
