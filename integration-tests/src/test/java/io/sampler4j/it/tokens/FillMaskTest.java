package io.sampler4j.it.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.model.Hashes;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.SignatureCheck;
import io.sampler4j.model.tokens.TokenBatch;
import io.sampler4j.model.tokens.TokenModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.onnx.TinyOnnx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A network with the inputs and the output of a fill-mask export of BERT, on ONNX Runtime. What it answers for a position
 * depends on the ids that are attended to, so that an error in what it is given changes the answers.
 */
class FillMaskTest {
    private static final int VOCABULARY = 12, MASK = 3;

    @TempDir
    Path folder;

    private OnnxRuntime runtime;
    private TokenModel model;
    private Network network;

    @BeforeEach
    void export() throws Exception {
        float[] word = new float[VOCABULARY * 4], head = new float[4 * VOCABULARY];
        for (int i = 0; i < word.length; i++) word[i] = (float) Math.sin(3 + 1.9 * i);
        for (int i = 0; i < head.length; i++) head[i] = (float) (3 * Math.cos(1 + 2.3 * i));
        byte[] onnx = TinyOnnx.graph()
                .input("input_ids", TinyOnnx.INT64, "batch", "sequence")
                .input("attention_mask", TinyOnnx.INT64, "batch", "sequence")
                .input("token_type_ids", TinyOnnx.INT64, "batch", "sequence")
                .initializer("word", new long[] {VOCABULARY, 4}, word)
                .initializer("type", new long[] {2, 4}, 0f, 0, 0, 0, 9, -9, 9, -9)
                .initializer("head", new long[] {4, VOCABULARY}, head)
                .initializer("last", new long[] {1}, 2L)
                .initializer("second", new long[] {1}, 1L)
                .node("Gather", List.of("word", "input_ids"), List.of("w"))
                .node("Gather", List.of("type", "token_type_ids"), List.of("t"))
                .node("Add", List.of("w", "t"), List.of("e"))
                .node("Cast", List.of("attention_mask"), List.of("m"), TinyOnnx.attribute("to", TinyOnnx.FLOAT))
                .node("Unsqueeze", List.of("m", "last"), List.of("m3"))
                .node("Mul", List.of("e", "m3"), List.of("seen"))
                .node("ReduceSum", List.of("seen", "second"), List.of("context"))
                .node("Mul", List.of("e", "context"), List.of("mixed"))
                .node("Add", List.of("mixed", "context"), List.of("hidden"))
                .node("MatMul", List.of("hidden", "head"), List.of("logits"))
                .output("logits", TinyOnnx.FLOAT, "batch", "sequence", VOCABULARY)
                .bytes();
        Path file = Files.write(folder.resolve("bert.onnx"), onnx);
        Manifest manifest = Manifest.parse("""
                {"format": 1, "kind": "tokens", "files": {"bert.onnx": "%s"},
                 "networks": {"denoiser": {"file": "bert.onnx",
                   "inputs": {"ids": "input_ids", "attention": "attention_mask", "segments": "token_type_ids"},
                   "outputs": {"logits": "logits"}}},
                 "tokens": {"vocabulary": 12, "mask": 3, "pad": 0, "begin": 1, "corruption": "absorbing", "length": 32,
                   "padding": "masked", "suppress": [0, 1, 2]}}
                """.formatted(Hashes.of(file)), "test");
        runtime = new OnnxRuntime();
        network = runtime.lease(file, Hashes.of(file), NetworkOptions.ONE_THREAD);
        SignatureCheck.of(manifest, "denoiser", network.signature()).orThrow(file);
        model = new TokenModel(manifest);
    }

    @AfterEach
    void close() {
        network.close();
        runtime.close();
    }

    private static TestCanvas[] texts() {
        return new TestCanvas[] {
            new TestCanvas(MASK, 1, 1, 7, MASK, 5, MASK, 2),
            new TestCanvas(MASK, 2, 1, MASK, MASK, MASK, MASK, 9, MASK, 2),
            new TestCanvas(MASK, 3, 1, 4, MASK, 2),
        };
    }

    private long run(TestCanvas... texts) throws InterruptedException {
        TokenSampler sampler = TokenNetwork.sampler(Map.of());
        try (TokenBatch batch = new TokenBatch(model, network, "denoiser", 1, true, 1, new Cancellation())) {
            List<Thread> threads = new ArrayList<>();
            for (TestCanvas x : texts) {
                TokenBatch.Member denoiser = batch.join();
                threads.add(new Thread(() -> {
                    try (denoiser) {
                        sampler.sample(denoiser, TokenNetwork.grid("linear", 5), x, x);
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread t : threads) t.join();
            return batch.calls();
        }
    }

    @Test
    void itFillsItsMasksAndWhatIsFilledUpChangesNothing() throws InterruptedException {
        TestCanvas[] together = texts(), alone = texts();
        assertThat(run(together)).as("one call a step for all three").isEqualTo(5);
        for (int k = 0; k < alone.length; k++) {
            run(alone[k]);
            assertThat(together[k].ids()).containsExactly(alone[k].ids()).doesNotContain(MASK, 0);
        }
        assertThat(together[0].ids()).startsWith(1, 7).endsWith(2).contains(5);
        assertThat(together[2].ids()).startsWith(1, 4).endsWith(2);
    }
}
