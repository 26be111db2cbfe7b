package io.sampler4j.it.tokens;

import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.testing.TextOptions;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import io.sampler4j.model.Hashes;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.tokens.TokenBatch;
import io.sampler4j.model.tokens.TokenModel;
import io.sampler4j.model.tokens.Uniforms;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Counts;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.plugins.vqgan.VqganContribution;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** The small random priors over 4x4 codes that export/vqgan_reference.py writes, run as the host would. */
final class PriorNetwork implements AutoCloseable {
    static final Path FOLDER = Path.of("src/test/resources/vqgan");
    static final int SIDE = 4;
    static final int CODES = 32;

    private static final String GROUPS = "\"classes\": {\"names\": [\"a\", \"b\", \"c\"], \"null\": 3},";
    private static final String RAW = "\"classes\": {\"names\": [%s]},"
            .formatted(String.join(", ", java.util.Collections.nCopies(CODES, "\"c\"")));
    private static final String CACHED =
            "\"inputs\": {\"ids\": \"ids\", \"past\": \"past\"}, \"outputs\": {\"logits\": \"logits\", \"present\": \"present\"}";
    private static final String PLAIN = "\"inputs\": {\"ids\": \"ids\"}, \"outputs\": {\"logits\": \"logits\"}";

    final TokenModel model;
    private final OnnxRuntime runtime = new OnnxRuntime();
    private final Network network;
    private final Optional<Network> prefill;

    /** With a cache that is given back whole, from an empty one; its rows are wider than the codebook. */
    static PriorNetwork causal() {
        return causal("\"length\": 16");
    }

    static PriorNetwork causal(String more) {
        return new PriorNetwork(
                role("prior", "causal.onnx", CACHED),
                GROUPS,
                "\"vocabulary\": 36, \"codes\": 32, \"attention\": \"causal\", \"shift\": 1, \"classFrom\": 32, "
                        + more);
    }

    /** taming-transformers' network, whose classes are raw labels, without a cache. */
    static PriorNetwork uncached() {
        return new PriorNetwork(role("prior", "taming.onnx", PLAIN), RAW, taming());
    }

    /** The same weights with a cache: one id at a time, new positions given back, another network to begin with. */
    static PriorNetwork stepwise() {
        String prefill =
                "\"inputs\": {\"ids\": \"ids\"}, \"outputs\": {\"logits\": \"logits\", \"present\": \"present\"}";
        return new PriorNetwork(
                role("prior", "taming-step.onnx", CACHED) + ", " + role("prefill", "taming-prefill.onnx", prefill),
                RAW,
                taming() + ", \"present\": \"new\"");
    }

    private static String taming() {
        return "\"vocabulary\": 32, \"attention\": \"causal\", \"shift\": 1, \"classFrom\": 0, \"length\": 16";
    }

    /** Looks both ways, with the class in front and no answer about it. */
    static PriorNetwork masked() {
        return new PriorNetwork(
                role("denoiser", "masked.onnx", PLAIN),
                GROUPS,
                "\"vocabulary\": 32, \"mask\": 36, \"corruption\": \"absorbing\", \"classFrom\": 32, \"length\": 17");
    }

    private static String role(String role, String file, String ports) {
        return "\"%s\": {\"file\": \"%s\", %s}".formatted(role, file, ports);
    }

    private PriorNetwork(String networks, String classes, String tokens) {
        StringBuilder files = new StringBuilder();
        for (String file :
                new String[] {"causal.onnx", "taming.onnx", "taming-step.onnx", "taming-prefill.onnx", "masked.onnx"}) {
            if (networks.contains("\"" + file + "\"")) {
                files.append(files.isEmpty() ? "" : ", ")
                        .append("\"%s\": \"%s\"".formatted(file, Hashes.of(FOLDER.resolve(file))));
            }
        }
        Manifest manifest = Manifest.parse("""
                {"format": 1, "kind": "tokens", "files": {%s}, "networks": {%s}, %s
                 "tokens": {"shape": [4, 4], %s}}
                """.formatted(files, networks, classes, tokens), "test");
        model = new TokenModel(manifest);
        String role = manifest.networks().containsKey("prior") ? "prior" : "denoiser";
        network = lease(manifest, role);
        prefill =
                manifest.networks().containsKey("prefill") ? Optional.of(lease(manifest, "prefill")) : Optional.empty();
    }

    private Network lease(Manifest manifest, String role) {
        String file = manifest.networks().get(role).file();
        return runtime.lease(FOLDER.resolve(file), manifest.files().get(file), NetworkOptions.ONE_THREAD);
    }

    TokenBatch batch(double scale) {
        String role = model.causal() ? "prior" : "denoiser";
        return new TokenBatch(model, network, prefill, role, scale, false, 1, new Cancellation());
    }

    static TokenSampler sampler(String name, Map<String, String> options) {
        return TextOptions.make(new VqganContribution(), TokenSampler.class, name, options);
    }

    TokenGrid grid(String schedule, Map<String, String> options, int steps) {
        return TextOptions.make(new VqganContribution(), TokenScheduler.class, schedule, options)
                .grid(model.process(SIDE * SIDE), steps);
    }

    TestCanvas blank(int codes) {
        int[] ids = new int[codes];
        Arrays.fill(ids, model.tokens().mask().orElse(-1));
        return new TestCanvas(ids[0], 0, ids);
    }

    /** A run whose draws are the host's own. */
    record Drawn(TestCanvas x, long seed) implements CanvasRun {
        @Override
        public double uniform(int step, int position, int lane) {
            return Uniforms.of(seed, step, position, lane);
        }

        @Override
        public void step(int i, Canvas canvas) {
            x.step(i, canvas);
        }
    }

    /** Nothing native is left. */
    Counts counts() {
        return runtime.counts();
    }

    @Override
    public void close() {
        prefill.ifPresent(Network::close);
        network.close();
        runtime.close();
    }
}
