package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.flow.FlowModel;
import io.sampler4j.model.flow.NetworkDifferentiableFlow;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.run.Progress;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Scores;
import io.sampler4j.tensor.ArrayTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A small random NICE against the order and scaling of the paper's code, by onnx-models/export/nice_reference.py. */
class NiceReferenceIT {
    private static final int SAMPLES = 5;
    private static final List<String> FILES = List.of("encode.onnx", "decode.onnx", "gradient.onnx");

    @TempDir
    static Path folder;

    private static Sampler4j sampler4j;
    private static JsonNode reference;

    @BeforeAll
    static void open() throws IOException {
        try (InputStream in = NiceReferenceIT.class.getResourceAsStream("/nice/reference.json")) {
            reference = new ObjectMapper().readTree(in);
        }
        for (String distribution : List.of("logistic", "gaussian")) model(distribution);
        try (OutputStream out = Files.newOutputStream(folder.resolve("x.npy"))) {
            new Npy(new int[] {SAMPLES, 1, 2, 4}, floats("x")).write(out);
        }
        sampler4j = Sampler4j.builder()
                .modelsDirectory(folder.resolve("models"))
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    private static void model(String distribution) throws IOException {
        Path directory = Files.createDirectories(folder.resolve("models").resolve(distribution));
        StringBuilder files = new StringBuilder();
        for (String file : FILES) {
            try (InputStream in = NiceReferenceIT.class.getResourceAsStream("/nice/" + file)) {
                Files.copy(in, directory.resolve(file));
            }
            files.append(files.isEmpty() ? "" : ", ")
                    .append("\"" + file + "\": \"" + Distribution.sha256(directory.resolve(file)) + "\"");
        }
        Files.writeString(directory.resolve("model.json"), """
                {"format": 1, "kind": "flow", "files": {%s}, "networks": {
                  "encoder": {"file": "encode.onnx", "inputs": {"x": "x"}, "outputs": {"z": "z", "logdet": "logdet"}},
                  "generator": {"file": "decode.onnx", "inputs": {"z": "z"}, "outputs": {"x": "x"}},
                  "gradient": {"file": "gradient.onnx", "inputs": {"x": "x"},
                    "outputs": {"logp": "logp", "gradient": "gradient"}}},
                 "sample": {"shape": [1, 2, 4], "range": [-1, 1]},
                 "latent": {"distribution": "%s", "shape": [8]}}
                """.formatted(files, distribution));
    }

    @AfterAll
    static void close() {
        assertThat(sampler4j.onnx().counts().slots()).isZero();
        sampler4j.close();
    }

    /** As one row. */
    private static float[] floats(String name) {
        float[] all = new float[SAMPLES * 8];
        int i = 0;
        for (JsonNode row : reference.path(name)) for (JsonNode v : row) all[i++] = (float) v.asDouble();
        assertThat(i).isEqualTo(all.length);
        return all;
    }

    /** Float32 through four functions of five layers, relative to the largest: some hundred roundings. */
    private static void same(float[] found, String name) {
        float[] expected = floats(name);
        double most = 0;
        for (float v : expected) most = Math.max(most, Math.abs(v));
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).as("%s %d", name, i).isCloseTo(expected[i], within(3e-6 * most));
        }
    }

    @Test
    void latentsDeterminantInverseAndGradientAreThePapers() {
        ModelDirectory directory = sampler4j.models().open("logistic");
        Map<String, Network> networks = new LinkedHashMap<>();
        for (String role : FlowModel.roles(directory.manifest())) {
            networks.put(role, directory.lease(sampler4j.onnx(), role, NetworkOptions.ONE_THREAD));
        }
        FlowModel model = new FlowModel(directory.manifest(), networks);
        ArrayTensor x = ArrayTensor.over(floats("x"), SAMPLES), made = x.like(), gradient = x.like();
        double[] logDet = new double[SAMPLES], nats = new double[SAMPLES];
        try (NetworkDifferentiableFlow flow = model.differentiable(SAMPLES, new Cancellation(), () -> {})) {
            ArrayTensor z = flow.latentFor(x);
            flow.encode(x, z, logDet);
            same(z.values(), "z");
            flow.generate(ArrayTensor.over(floats("latents"), SAMPLES), made);
            same(made.values(), "decoded");
            flow.gradient(x, nats, gradient);
            same(gradient.values(), "gradient");
        }
        networks.values().forEach(Network::close);
        for (int i = 0; i < SAMPLES; i++) {
            assertThat(logDet[i]).isCloseTo(reference.path("logdet").asDouble(), within(1e-6));
            assertThat(nats[i]).isCloseTo(reference.path("logistic").path(i).asDouble(), within(1e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"logistic", "gaussian"})
    void theScorersLogLikelihoodIsThatOfEitherDistribution(String distribution) {
        Scores scores = sampler4j.score(
                Request.of(distribution)
                        .score(List.of(folder.resolve("x.npy")))
                        .seed(0)
                        .set("levels", "0"),
                Progress.Listener.NONE,
                new Cancellation());
        for (int i = 0; i < SAMPLES; i++) {
            double expected = reference.path(distribution).path(i).asDouble();
            // Float32 latents, squared by one of the two.
            assertThat(scores.nats(i)).isCloseTo(expected, within(1e-6 * Math.max(10, Math.abs(expected))));
            assertThat(scores.bits(i)).isCloseTo(-scores.nats(i) / 8 / Math.log(2), within(1e-9));
            assertThat(scores.standardError(i)).isZero();
        }
    }
}
