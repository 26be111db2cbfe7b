package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** EDM's sampler and the reference's EDM and flow-matching schedulers, through the shipped jars and the public API. */
class EdmFlowGoldensIT {
    private static JsonNode goldens;
    private static Sampler4j sampler4j;

    @TempDir
    static Path folder;

    @BeforeAll
    static void open() throws IOException {
        try (InputStream in = EdmFlowGoldensIT.class.getResourceAsStream("/goldens/edm-flow.json")) {
            goldens = new ObjectMapper().readTree(in);
        }
        sampler4j = Sampler4j.builder()
                .modelsDirectory(Files.createDirectories(folder.resolve("models")))
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    @AfterAll
    static void close() {
        sampler4j.close();
    }

    /** {@code edm_sampler}, 18 steps, from torch.randn(2, 3, 4, 4) of seed 0 times 80, on two denoisers D(x; sigma). */
    @ParameterizedTest
    @ValueSource(strings = {"tanh", "gauss"})
    void theSamplerOfThePaperIsMetElementByElement(String denoiser) throws IOException {
        TinyOnnx graph = graph("sigma", 3, 4, 4).node("Mul", List.of("sigmas", "sigmas"), List.of("squares"));
        if (denoiser.equals("tanh")) {
            graph.node("Div", List.of("x", "squares"), List.of("scaled"))
                    .node("Tanh", List.of("scaled"), List.of("out"));
        } else {
            graph.initializer("quarter", new long[] {}, .25f)
                    .node("Add", List.of("squares", "quarter"), List.of("below"))
                    .node("Div", List.of("quarter", "below"), List.of("share"))
                    .node("Mul", List.of("x", "share"), List.of("out"));
        }
        write(
                denoiser,
                graph,
                "[3, 4, 4]",
                "\"process\": {\"coordinates\": \"VE\"}, \"prediction\": \"x0\","
                        + " \"time\": {\"kind\": \"sigma\", \"perSample\": true}");
        Result result = sampler4j.run(Request.of(denoiser)
                .sampler("edm")
                .scheduler("edm")
                .set("scheduler.preset", "cifar10")
                .count(2)
                .seed(0)
                .seedMode("batch"));
        JsonNode expected = goldens.path("edm_sampler").path(denoiser);
        assertThat(result.nfe()).isEqualTo(expected.path("nfe").asInt()).isEqualTo(35);
        agree(result.array().values(), expected);
    }

    /** The reference's scheduler over its dummy velocity x t / (t + 1), t up to 1000; its own list where it shifts twice. */
    @ParameterizedTest
    @CsvSource({"plain", "shift3"})
    void flowMatchingEulerIsMetElementByElement(String name) throws IOException {
        JsonNode expected = goldens.path("flow_match").path(name);
        dummy("flow-" + name, """
                "process": {"coordinates": "FLOW"}, "prediction": "velocity",
                "time": {"kind": "t", "scale": 1000, "perSample": true}""");
        Request request =
                Request.of("flow-" + name).sampler("rectified-flow").count(4).batch(4);
        request = name.equals("plain")
                ? request.scheduler("flow").set("scheduler.t-min", "0.001").steps(10)
                : request.scheduler("explicit").set("scheduler.timesteps", list(expected.path("sigmas")));
        agree(sampler4j.run(request.initNoise(ramp())).array().values(), expected);
    }

    /** EDMEulerScheduler: F behind c_skip, c_out, c_in and c_noise, from the ramp times sqrt(80^2 + 1). */
    @ParameterizedTest
    @CsvSource({"edm, edm", "edm, karras", "euler, edm"})
    void edmEulerIsMetElementByElement(String sampler, String scheduler) throws IOException {
        dummy("edm-euler", """
                "process": {"coordinates": "VE", "lowest": 0.002, "highest": 80}, "prediction": "F",
                "preconditioning": "edm", "sigmaData": 0.5, "time": {"kind": "c_noise", "perSample": true}""");
        Request request = Request.of("edm-euler")
                .sampler(sampler)
                .scheduler(scheduler)
                .steps(10)
                .count(4)
                .batch(4)
                .set("run.init-scale", "root")
                .initNoise(ramp());
        if (sampler.equals("edm")) request = request.set("sampler.method", "euler");
        float[] made = sampler4j.run(request).array().values();
        JsonNode expected = goldens.path("edm_euler").path("final");
        assertThat(made).hasSize(expected.size());
        double squares = 0;
        for (JsonNode e : expected) squares += e.asDouble() * e.asDouble();
        double rms = Math.sqrt(squares / made.length);
        // The project's tolerance for the reference's loops: 1e-4 of an element or of the rms.
        for (int i = 0; i < made.length; i++) {
            double e = expected.path(i).asDouble();
            assertThat((double) made[i]).as("element %d", i).isCloseTo(e, within(1e-4 * Math.max(Math.abs(e), rms)));
        }
    }

    @Test
    void theAblationsDefaultIsThePapersSampler() throws IOException {
        dummy("ablation", """
                "process": {"coordinates": "VE"}, "prediction": "F", "sigmaData": 0.5,
                "time": {"kind": "c_noise", "perSample": true}""");
        Request plain =
                Request.of("ablation").sampler("edm").scheduler("edm").steps(6).seed(3);
        Request spelt = plain.set("sampler.schedule", "linear")
                .set("sampler.scaling", "none")
                .set("sampler.alpha", "1")
                .set("scheduler.discretization", "edm");
        assertThat(sampler4j.run(spelt).sample(0))
                .containsExactly(sampler4j.run(plain).sample(0));
    }

    /** The recorded elements in float64 against ours in float32, and the sums over all. */
    private static void agree(float[] made, JsonNode expected) {
        JsonNode values = expected.path("values");
        for (int i = 0; i < values.size(); i++) {
            double e = values.path(i).asDouble();
            assertThat((double) made[i]).as("element %d", i).isCloseTo(e, within(1e-5 + 1e-4 * Math.abs(e)));
        }
        double sum = 0;
        for (float v : made) sum += Math.abs(v);
        double all = expected.path("abs_sum").asDouble();
        assertThat(sum).isCloseTo(all, within(1e-4 * all));
    }

    private static String list(JsonNode sigmas) {
        return StreamSupport.stream(sigmas.spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.joining(","));
    }

    private static TinyOnnx graph(String time, int channels, int height, int width) {
        return TinyOnnx.graph()
                .input("x", TinyOnnx.FLOAT, "batch", channels, height, width)
                .input("t", TinyOnnx.FLOAT, "batch")
                .initializer("perSample", new long[] {4}, -1L, 1L, 1L, 1L)
                .node("Reshape", List.of("t", "perSample"), List.of(time + "s"))
                .output("out", TinyOnnx.FLOAT, "batch", channels, height, width);
    }

    private static void dummy(String name, String members) throws IOException {
        Path directory = Files.createDirectories(folder.resolve("models").resolve(name));
        write(directory, TinyOnnx.denoiser(3, 8, 8), "[3, 8, 8]", members);
    }

    private static void write(String name, TinyOnnx graph, String shape, String members) throws IOException {
        Path directory = Files.createDirectories(folder.resolve("models").resolve(name));
        write(directory, graph.bytes(), shape, members);
    }

    private static void write(Path directory, byte[] network, String shape, String members) throws IOException {
        TinyOnnx.write(directory.resolve("network.onnx"), network);
        Files.writeString(directory.resolve("model.json"), """
                {"format": 1, "kind": "diffusion", "files": {"network.onnx": "%s"},
                 "networks": {"denoiser": {"file": "network.onnx", "inputs": {"x": "x", "time": "t"},
                                           "outputs": {"prediction": "out"}}},
                 %s, "sample": {"shape": %s, "range": [-1, 1]}}
                """.formatted(TinyOnnx.sha256(network), members, shape));
    }

    /** The reference's dummy: element [b, c, h, w] is (((c 8 + h) 8 + w) 4 + b) / 768. */
    private static Path ramp() throws IOException {
        float[] x = new float[768];
        for (int b = 0; b < 4; b++) for (int i = 0; i < 192; i++) x[b * 192 + i] = (i * 4 + b) / 768f;
        Path file = folder.resolve("ramp.npy");
        try (OutputStream out = Files.newOutputStream(file)) {
            new Npy(new int[] {4, 3, 8, 8}, x).write(out);
        }
        return file;
    }
}
