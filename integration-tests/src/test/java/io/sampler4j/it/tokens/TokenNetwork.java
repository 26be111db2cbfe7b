package io.sampler4j.it.tokens;

import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.testing.TextOptions;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import io.sampler4j.model.Hashes;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.tokens.TokenBatch;
import io.sampler4j.model.tokens.TokenModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.plugins.llada.LladaContribution;
import java.nio.file.Path;
import java.util.Map;

/** A token network on disk, and samplers run on it as the host would. */
final class TokenNetwork implements AutoCloseable {
    private final OnnxRuntime runtime = new OnnxRuntime();
    private final TokenModel model;
    private final Network network;

    /** @param tokens members of the manifest's tokens, beside vocabulary, mask and length */
    TokenNetwork(Path onnx, int vocabulary, int mask, String tokens) {
        String hash = Hashes.of(onnx);
        model = new TokenModel(
                Manifest.parse("""
                {"format": 1, "kind": "tokens", "files": {"n.onnx": "%s"},
                 "networks": {"denoiser": {"file": "n.onnx", "inputs": {"ids": "input_ids"}, "outputs": {"logits": "logits"}}},
                 "tokens": {"vocabulary": %d, "mask": %d, "corruption": "absorbing", "length": 64%s}}
                """.formatted(hash, vocabulary, mask, tokens.isEmpty() ? "" : ", " + tokens), "test"));
        network = runtime.lease(onnx, hash, NetworkOptions.ONE_THREAD);
    }

    TokenBatch batch(double scale) {
        return new TokenBatch(model, network, "denoiser", scale, false, 1, new Cancellation());
    }

    static TokenSampler sampler(Map<String, String> options) {
        return TextOptions.make(new LladaContribution(), TokenSampler.class, "llada", options);
    }

    static TokenGrid grid(String curve, int steps) {
        TokenScheduler scheduler = TextOptions.make(new LladaContribution(), TokenScheduler.class, curve, Map.of());
        return scheduler.grid(null, steps);
    }

    /** Runs alone; the calls it took. */
    long run(TokenSampler sampler, TokenGrid grid, double scale, TestCanvas x) {
        try (TokenBatch batch = batch(scale);
                TokenBatch.Member denoiser = batch.join()) {
            sampler.sample(denoiser, grid, x, x);
            return batch.calls();
        }
    }

    @Override
    public void close() {
        network.close();
        runtime.close();
    }
}
