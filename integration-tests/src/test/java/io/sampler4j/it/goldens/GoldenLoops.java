package io.sampler4j.it.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.it.Distribution;
import io.sampler4j.onnx.TinyOnnx;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays recorded loops: the reference's dummy network as an ONNX file, its configuration as a manifest. A family says
 * which resource holds its loops and how each is asked for; what came out is compared in the reference's coordinates.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GoldenLoops {
    /** design.md: reference loops are met per element to 1e-4 of its size or of the rms, whichever is greater. */
    static final double TOLERANCE = 1e-4;

    private final String resource;
    private Path folder;
    private Sampler4j sampler4j;

    /** @param resource the loops are those of {@code /goldens/RESOURCE.json} */
    GoldenLoops(String resource) {
        this.resource = resource;
    }

    @BeforeAll
    final void open(@TempDir Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("models"));
        sampler4j = Sampler4j.builder()
                .modelsDirectory(folder.resolve("models"))
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    @AfterAll
    final void close() {
        sampler4j.close();
    }

    @TestFactory
    final Stream<DynamicTest> everyElementAgreesWithTheReference() throws IOException {
        return Golden.all(resource).stream().map(g -> DynamicTest.dynamicTest(g.name(), () -> replay(g)));
    }

    /** Runs one loop as the reference ran it, and compares. */
    abstract void replay(Golden golden) throws IOException;

    /** The network of a loop's model. */
    byte[] network(Golden golden) {
        return Dummy.network(golden.shape(), false);
    }

    /** A change of the manifest that the configuration alone does not say. */
    void amend(Golden golden, ObjectNode manifest) {}

    /** A run of the golden's model over the golden's batch, with one stream of noise over all, as the reference draws. */
    final Request request(Golden golden) throws IOException {
        int batch = golden.shape()[0];
        return Request.of(model(golden))
                .count(batch)
                .batch(batch)
                .seed(0)
                .seedMode("batch")
                .traceStates(folder.resolve(golden.name() + ".states.npy"));
    }

    /** Runs it; the states are those of this run. */
    final Replayed run(Golden golden, Request request) throws IOException {
        Result result = sampler4j.run(request);
        // The states are written with the result.
        result.write(folder.resolve(golden.name() + ".npy"));
        JsonNode record = new ObjectMapper().readTree(result.record().json());
        double[] ratios = new double[record.path("ratios").size()];
        for (int i = 0; i < ratios.length; i++)
            ratios[i] = record.path("ratios").get(i).asDouble();
        Npy states = Npy.read(folder.resolve(golden.name() + ".states.npy"));
        return new Replayed(
                states, ratios, coordinates(record.path("coordinates").asText()), result.array());
    }

    /** The end of a request that needs no states. */
    final float[] end(Request request) {
        return sampler4j.run(request).array().values();
    }

    /**
     * What a run did.
     *
     * @param states before the first step and after each, in the sampler's coordinates
     * @param ratios sigma/alpha of each
     * @param own the sampler's coordinates
     * @param samples what the run returned, as data
     */
    record Replayed(Npy states, double[] ratios, Coordinates own, Npy samples) {
        /** Before step i, or after the last, in the coordinates of the reference. */
        float[] state(int i, Coordinates wanted) {
            int n = states.values().length / ratios.length;
            double scale = wanted.at(ratios[i]).alpha() / own.at(ratios[i]).alpha();
            return Dummy.times(scale, Arrays.copyOfRange(states.values(), i * n, (i + 1) * n));
        }

        int steps() {
            return ratios.length - 1;
        }
    }

    private static Coordinates coordinates(String name) {
        for (Coordinates c : List.of(Coordinates.VP, Coordinates.VE, Coordinates.FLOW)) {
            if (c.toString().equals(name)) return c;
        }
        throw new IllegalArgumentException("a run in coordinates " + name);
    }

    /** Element by element: within so much of the element or of the rms, whichever is greater. */
    static void agree(float[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSize(expected.length);
        double rms = Math.sqrt(Arrays.stream(expected).map(e -> e * e).average().orElseThrow());
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i])
                    .as("element %d", i)
                    .isCloseTo(expected[i], within(tolerance * Math.max(Math.abs(expected[i]), rms)));
        }
    }

    /** The last state and the recorded sums of |x| after each step, from a step of the recorded loop on. */
    static void agree(Replayed run, Golden golden, Coordinates wanted, int from) {
        agree(run.state(run.steps(), wanted), golden.end(), TOLERANCE);
        for (int i = 0; i < run.steps(); i++) {
            OptionalDouble sum = golden.sumAfter(from + i, from + run.steps());
            if (sum.isPresent()) sumAgrees(run.state(i + 1, wanted), from + i, sum.getAsDouble(), 2 * TOLERANCE);
        }
    }

    /** A sum of |x| errs by no more than the sum of what its elements may: n times 1e-4 of the rms or of the element. */
    static void sumAgrees(float[] state, int step, double expected, double tolerance) {
        double sum = 0;
        for (float x : state) sum += Math.abs(x);
        assertThat(sum).as("sum of |x| after step %d", step).isCloseTo(expected, within(tolerance * expected));
    }

    /** An npy file in the shape of the golden's batch. */
    final Path write(Golden golden, String suffix, float[] values) throws IOException {
        return write(golden.name() + suffix, golden.shape(), values);
    }

    final Path write(String name, int[] shape, float[] values) throws IOException {
        Path file = folder.resolve(name + ".in.npy");
        try (OutputStream out = Files.newOutputStream(file)) {
            new Npy(shape, values).write(out);
        }
        return file;
    }

    /** The directory of a model whose network is the dummy and whose manifest says what the configuration does. */
    private String model(Golden golden) throws IOException {
        Path directory = folder.resolve("models").resolve(golden.name().replace('.', '-'));
        Files.createDirectories(directory);
        TinyOnnx.write(directory.resolve("network.onnx"), network(golden));
        JsonNode config = golden.config();
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
                .put("schedule", schedule(config.path("beta_schedule").asText("linear")))
                .put("start", config.path("beta_start").asDouble(1e-4))
                .put("end", config.path("beta_end").asDouble(0.02))
                .put("steps", config.path("num_train_timesteps").asInt(1000))
                .put("precision", "float32");
        manifest.put("prediction", config.path("prediction_type").asText().equals("v_prediction") ? "v" : "epsilon");
        manifest.putObject("time").put("kind", "index").put("perSample", true);
        if (config.path("thresholding").asBoolean()) {
            manifest.putObject("clip")
                    .put(
                            "thresholdRatio",
                            config.path("dynamic_thresholding_ratio").asDouble())
                    .put("thresholdMax", config.path("sample_max_value").asDouble());
        }
        ObjectNode sample = manifest.putObject("sample");
        ArrayNode shape = sample.putArray("shape");
        for (int i = 1; i < golden.shape().length; i++) shape.add(golden.shape()[i]);
        sample.putArray("range").add(-1).add(1);
        amend(golden, manifest);
        Files.writeString(directory.resolve("model.json"), manifest.toPrettyString());
        return directory.getFileName().toString();
    }

    private static String schedule(String beta) {
        return switch (beta) {
            case "linear" -> "linear";
            case "scaled_linear" -> "scaled-linear";
            case "squaredcos_cap_v2" -> "squared-cosine";
            default -> throw new IllegalArgumentException("a golden with beta_schedule " + beta);
        };
    }
}
