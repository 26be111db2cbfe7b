package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.DivergedException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Counts;
import io.sampler4j.onnx.TinyOnnx;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.run.Plan;
import io.sampler4j.runtime.run.Progress;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java API on the shipped checkpoint: what a run leaves behind, and how it ends early. */
class RunIT {
    private static final Request DIGITS =
            Request.of("digits-ddpm").classes("0..9").steps(6).seed(5);

    @TempDir
    Path folder;

    private static Sampler4j open(Path models) {
        return Sampler4j.builder()
                .modelsDirectory(models)
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    @Test
    void aRunCountsWhatItPlannedAndGivesEverythingBack() {
        Sampler4j sampler4j = open(Distribution.models());
        List<Progress> heard = new ArrayList<>();
        Result result = sampler4j.run(DIGITS.count(5).batch(2), heard::add, new Cancellation());
        assertThat(result.count()).isEqualTo(5);
        Progress last = heard.get(heard.size() - 1);
        assertThat(last.nfe()).isEqualTo(last.planned()).isEqualTo(3 * 6);
        assertThat(result.rows()).as("both halves of the guidance").isEqualTo(2 * 5 * 6);
        Counts counts = sampler4j.onnx().counts();
        assertThat(counts.leases()).isZero();
        assertThat(counts.slots()).isZero();
        assertThat(counts.tensors()).isZero();
        sampler4j.close();
        assertThat(counts(sampler4j)).isEqualTo(new Counts(0, 0, 0, 0));
    }

    private static Counts counts(Sampler4j closed) {
        return closed.onnx().counts();
    }

    @Test
    void onePlanRunsOnManyThreadsAtOnceAndAlwaysGivesTheSame() throws Exception {
        try (Sampler4j sampler4j = open(Distribution.models());
                Plan plan = sampler4j.plan(DIGITS)) {
            float[] expected = plan.run().sample(0);
            List<Result> results = java.util.Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) threads.add(new Thread(() -> results.add(plan.run())));
            for (Thread t : threads) t.start();
            for (Thread t : threads) t.join();
            assertThat(results)
                    .hasSize(4)
                    .allSatisfy(r -> assertThat(r.sample(0)).containsExactly(expected));
        }
    }

    @Test
    void oneStreamOverAllSamplesIsTorchsOwnForTheWholeBatch() {
        try (Sampler4j sampler4j = open(Distribution.models())) {
            float[] batch = sampler4j.run(DIGITS.count(2).seedMode("batch")).sample(0);
            float[] single = sampler4j.run(DIGITS).sample(0);
            // randn of 1568 begins with randn of 784, which is a multiple of 16: sample 0 is the same, sample 1 is not.
            assertThat(batch).containsExactly(single);
            assertThat(sampler4j.run(DIGITS.count(2).seedMode("batch")).sample(1))
                    .isNotEqualTo(sampler4j.run(DIGITS.count(2)).sample(1));
        }
    }

    @Test
    void aRunEndsWhenItIsCancelled() throws Exception {
        try (Sampler4j sampler4j = open(Distribution.models())) {
            CountDownLatch going = new CountDownLatch(1);
            Sampler4j.Running running = sampler4j.start(DIGITS.steps(1000).count(8), p -> going.countDown());
            assertThat(going.await(60, TimeUnit.SECONDS)).isTrue();
            running.cancel();
            assertThatThrownBy(() -> running.result().join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(CancelledException.class);
            assertThat(sampler4j.onnx().counts().slots()).isZero();
        }
    }

    @Test
    void anAnswerThatIsNotFiniteStopsTheRunAndNamesTheStep() throws IOException {
        Path directory = folder.resolve("nan");
        Files.createDirectories(directory);
        byte[] network = TinyOnnx.graph()
                .input("x", TinyOnnx.FLOAT, "batch", 1, 4, 4)
                .input("t", TinyOnnx.FLOAT, "batch")
                .initializer("low", new long[] {}, 300f)
                .initializer("perSample", new long[] {4}, -1L, 1L, 1L, 1L)
                .node("Sub", List.of("t", "low"), List.of("below"))
                .node("Sqrt", List.of("below"), List.of("root"))
                .node("Reshape", List.of("root", "perSample"), List.of("roots"))
                .node("Mul", List.of("x", "roots"), List.of("out"))
                .output("out", TinyOnnx.FLOAT, "batch", 1, 4, 4)
                .bytes();
        TinyOnnx.write(directory.resolve("network.onnx"), network);
        Files.writeString(directory.resolve("model.json"), """
                {"format": 1, "kind": "diffusion", "files": {"network.onnx": "%s"},
                 "networks": {"denoiser": {"file": "network.onnx", "inputs": {"x": "x", "time": "t"},
                                           "outputs": {"prediction": "out"}}},
                 "process": {"coordinates": "VP",
                             "betas": {"schedule": "linear", "start": 0.0001, "end": 0.02, "steps": 1000}},
                 "prediction": "epsilon", "time": {"kind": "index", "perSample": true}, "clip": {"range": 1},
                 "sample": {"shape": [1, 4, 4], "range": [-1, 1]}}
                """.formatted(TinyOnnx.sha256(network)));
        try (Sampler4j sampler4j = open(folder)) {
            // Times are 900, 800 ...: the root of t - 300 is of a negative number first in step 7, at 200.
            Request request = Request.of("nan")
                    .sampler("ddim")
                    .scheduler("leading")
                    .steps(10)
                    .seed(1);
            assertThatThrownBy(() -> sampler4j.run(request))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageContaining("not finite in step 7")
                    .hasMessageContaining("time 200");
            assertThat(sampler4j.onnx().counts().slots()).isZero();
        }
    }
}
