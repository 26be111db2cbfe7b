package io.sampler4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.tensor.ArrayTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxRuntimeTest {
    /** With 200 nodes: a call of seconds, with 200 places to stop at. */
    private static final int LENGTH = 1_000_000;

    private static final Counts NOTHING = new Counts(0, 0, 0, 0);

    @TempDir
    Path dir;

    private final OnnxRuntime runtime = new OnnxRuntime();

    @AfterEach
    void nothingIsLeft() {
        runtime.close();
        assertThat(runtime.counts()).isEqualTo(NOTHING);
    }

    private Network lease(byte[] file, NetworkOptions options) {
        Path path = TinyOnnx.write(dir.resolve(TinyOnnx.sha256(file) + ".onnx"), file);
        return runtime.lease(path, TinyOnnx.sha256(file), options);
    }

    private Slot slow(Network network) {
        Slot slot = network.slot(Map.of("x", new long[] {1, LENGTH}), Map.of("y", new long[] {1, LENGTH}));
        slot.fill("x", 0, 1, 0.5);
        return slot;
    }

    /** Returns when the thread is inside the native call, so that what follows meets a running network. */
    private static void awaitNativeCall(Thread caller) {
        while (true) {
            StackTraceElement[] stack = caller.getStackTrace();
            if (stack.length > 0
                    && stack[0].isNativeMethod()
                    && stack[0].getClassName().equals("ai.onnxruntime.OrtSession")) return;
            Thread.onSpinWait();
        }
    }

    @Test
    void leasesOfOneFileAndEqualOptionsShareASession() {
        byte[] file = TinyOnnx.denoiser(1, 2, 2);
        NetworkOptions two = new NetworkOptions(Device.CPU, 2);
        try (Network a = lease(file, NetworkOptions.ONE_THREAD);
                Network b = lease(file, new NetworkOptions(Device.parse("cpu"), 1))) {
            assertThat(runtime.counts()).isEqualTo(new Counts(1, 2, 0, 0));
            try (Network c = lease(file, two)) {
                assertThat(runtime.counts()).isEqualTo(new Counts(2, 3, 0, 0));
                assertThat(c.signature()).isEqualTo(a.signature()).isEqualTo(b.signature());
            }
        }
        assertThat(runtime.counts()).as("idle sessions stay loaded").isEqualTo(new Counts(2, 0, 0, 0));
        runtime.evict();
        assertThat(runtime.counts()).isEqualTo(NOTHING);
        lease(file, two).close();
        assertThat(runtime.counts()).as("and are loaded again").isEqualTo(new Counts(1, 0, 0, 0));
    }

    @Test
    void manyWhoAskAtOnceGetOneSession() throws Exception {
        byte[] file = TinyOnnx.chain(50, 16);
        Path path = TinyOnnx.write(dir.resolve("chain.onnx"), file);
        String hash = TinyOnnx.sha256(file);
        int threads = 8;
        CountDownLatch together = new CountDownLatch(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Network>> asked = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                asked.add(pool.submit(() -> {
                    together.countDown();
                    together.await();
                    return runtime.lease(path, hash, NetworkOptions.ONE_THREAD);
                }));
            }
            List<Network> networks = new ArrayList<>();
            for (Future<Network> network : asked) networks.add(network.get());
            assertThat(runtime.counts()).isEqualTo(new Counts(1, threads, 0, 0));
            networks.forEach(Network::close);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void leasesComeAndGoOnManyThreadsWhileSessionsAreEvicted() throws Exception {
        byte[] file = TinyOnnx.denoiser(1, 2, 2);
        Path path = TinyOnnx.write(dir.resolve("d.onnx"), file);
        String hash = TinyOnnx.sha256(file);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean evicts = i == 0;
                work.add(pool.submit(() -> {
                    for (int k = 0; k < 50; k++) {
                        Network network = runtime.lease(path, hash, NetworkOptions.ONE_THREAD);
                        Slot slot = network.slot(
                                Map.of("x", new long[] {1, 1, 2, 2}, "t", new long[] {1}),
                                Map.of("out", new long[] {1, 1, 2, 2}));
                        // The lease goes first: the slot must keep the session.
                        network.close();
                        if (evicts) runtime.evict();
                        slot.fill("t", 0, 1, 1);
                        slot.state("x", 0, ArrayTensor.over(new float[] {2, 4, 6, 8}, 1));
                        slot.run(new Cancellation());
                        ArrayTensor out = ArrayTensor.over(new float[4], 1);
                        slot.read("out", 0, 0, out);
                        assertThat(out.values()).containsExactly(1, 2, 3, 4);
                        slot.close();
                    }
                }));
            }
            for (Future<?> one : work) one.get();
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void closingEverythingWhileACallRunsLetsTheCallEndWell() throws Exception {
        Network network = lease(TinyOnnx.chain(200, LENGTH), NetworkOptions.ONE_THREAD);
        Slot slot = slow(network);
        CompletableFuture<Thread> caller = new CompletableFuture<>();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> call = pool.submit(() -> {
                caller.complete(Thread.currentThread());
                slot.run(new Cancellation());
                float[] y = new float[1];
                slot.read("y", 0, 0, y);
                // cos(sin(...)) from any start is drawn to one of two points, here after a cosine.
                assertThat(y[0]).isBetween(0.7f, 0.8f);
            });
            awaitNativeCall(caller.get());
            network.close();
            runtime.evict();
            runtime.close();
            runtime.close();
            call.get();
            assertThat(runtime.counts()).as("the slot keeps its session").isEqualTo(new Counts(1, 0, 1, 2));
            slot.close();
            assertThat(runtime.counts()).isEqualTo(NOTHING);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void closingASlotWaitsForItsCall() throws Exception {
        try (Network network = lease(TinyOnnx.chain(200, LENGTH), NetworkOptions.ONE_THREAD)) {
            Slot slot = slow(network);
            CompletableFuture<Thread> caller = new CompletableFuture<>();
            ExecutorService pool = Executors.newSingleThreadExecutor();
            try {
                Future<?> call = pool.submit(() -> {
                    caller.complete(Thread.currentThread());
                    slot.run(new Cancellation());
                });
                awaitNativeCall(caller.get());
                slot.close();
                call.get();
            } finally {
                pool.shutdown();
            }
        }
    }

    @Test
    void aCancellationEndsACallBetweenTwoNodes() throws Exception {
        try (Network network = lease(TinyOnnx.chain(200, LENGTH), NetworkOptions.ONE_THREAD);
                Slot slot = slow(network)) {
            Cancellation cancellation = new Cancellation();
            Thread caller = Thread.currentThread();
            Thread canceller = new Thread(() -> {
                awaitNativeCall(caller);
                cancellation.cancel("the test has seen enough");
            });
            canceller.start();
            assertThatThrownBy(() -> slot.run(cancellation))
                    .isInstanceOf(CancelledException.class)
                    .hasMessage("the test has seen enough")
                    .satisfies(e -> assertThat(e.getSuppressed())
                            .as("ONNX Runtime ended the call")
                            .hasOnlyElementsOfType(OrtException.class)
                            .hasSize(1));
            canceller.join();
            assertThatCode(() -> slot.run(new Cancellation()))
                    .as("the slot is as good as before")
                    .doesNotThrowAnyException();
            float[] y = new float[LENGTH];
            slot.read("y", 0, 0, y);
            float[] alike = new float[LENGTH];
            Arrays.fill(alike, y[0]);
            assertThat(y).isEqualTo(alike);
        }
    }

    @Test
    void aCancelledRunMakesNoCall() {
        try (Network network = lease(TinyOnnx.denoiser(1, 1, 1), NetworkOptions.ONE_THREAD);
                Slot slot = network.slot(
                        Map.of("x", new long[] {1, 1, 1, 1}, "t", new long[] {1}),
                        Map.of("out", new long[] {1, 1, 1, 1}))) {
            slot.fill("x", 0, 1, 1);
            slot.fill("t", 0, 1, 1);
            Cancellation cancellation = new Cancellation();
            cancellation.cancel("before it began");
            assertThatThrownBy(() -> slot.run(cancellation)).isInstanceOf(CancelledException.class);
            float[] out = {9};
            slot.read("out", 0, 0, out);
            assertThat(out).containsExactly(0);
        }
    }

    @Test
    void aTruncatedFileIsRefusedAndLeavesNothing() {
        byte[] whole = TinyOnnx.denoiser(1, 2, 2);
        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        assertThatThrownBy(() -> lease(half, NetworkOptions.ONE_THREAD))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining(TinyOnnx.sha256(half) + ".onnx")
                .hasMessageContaining("sampler4j verify");
        assertThat(runtime.counts()).isEqualTo(NOTHING);
    }

    @Test
    void aMissingFileIsRefused() {
        assertThatThrownBy(() -> runtime.lease(dir.resolve("none.onnx"), "00", NetworkOptions.ONE_THREAD))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("none.onnx is not there");
        assertThatThrownBy(() -> Signature.of(dir)).isInstanceOf(NetworkException.class);
    }

    @Test
    void customOperatorsAreNotAvailable() {
        byte[] file = TinyOnnx.graph()
                .input("x", TinyOnnx.FLOAT, 1)
                .node("evil.example", "Exec", List.of("x"), List.of("y"))
                .output("y", TinyOnnx.FLOAT, 1)
                .bytes();
        assertThatThrownBy(() -> lease(file, NetworkOptions.ONE_THREAD)).isInstanceOf(NetworkException.class);
    }

    @Test
    void aClosedRuntimeLendsNothing() {
        runtime.close();
        assertThatThrownBy(() -> lease(TinyOnnx.denoiser(1, 1, 1), NetworkOptions.ONE_THREAD))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aClosedLeaseGivesNoSlots() {
        Network network = lease(TinyOnnx.denoiser(1, 1, 1), NetworkOptions.ONE_THREAD);
        network.close();
        network.close();
        assertThat(runtime.counts()).isEqualTo(new Counts(1, 0, 0, 0));
        assertThatThrownBy(() -> network.slot(Map.of(), Map.of())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysWhatIsMissingForCudaAndDoesNotFallBack() {
        ProviderStatus cuda = OnnxRuntime.providers().get(1);
        assertThat(cuda.name()).isEqualTo("cuda");
        assertThat(OnnxRuntime.providers().get(0)).isEqualTo(new ProviderStatus("cpu", true, "", ""));
        org.junit.jupiter.api.Assumptions.assumeFalse(cuda.usable(), "this machine has CUDA");
        assertThat(cuda.problem()).contains("CUDA provider");
        assertThat(cuda.remedy()).contains("CUDA 12 and cuDNN 9");
        assertThatThrownBy(() -> lease(TinyOnnx.denoiser(1, 1, 1), new NetworkOptions(Device.parse("cuda"), 1)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(cuda.problem())
                .hasMessageContaining(cuda.remedy());
        assertThat(runtime.counts()).isEqualTo(NOTHING);
    }

    @Test
    void knowsItsVersion() {
        assertThat(OnnxRuntime.version()).matches("\\d+\\.\\d+\\.\\d+");
    }
}
