package io.sampler4j.bench;

import io.sampler4j.model.ModelDirectory;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Device;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.onnx.Slot;
import io.sampler4j.onnx.TinyOnnx;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.run.Plan;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import io.sampler4j.tensor.ArrayTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a step costs beyond the calls of its network: {@code step} is a whole run divided by its steps, {@code call} the same
 * network's call on buffers that stand. What a step has beyond as many calls as it has evaluations is ours.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class StepBenchmark {
    /** Many, so that what a run costs once (drawing its noise, its record) does not count as its steps. */
    private static final int STEPS = 1000;

    /** A network that does next to nothing on 3 x 64 x 64, and the shipped one. */
    @Param({"tiny", "digits-ddpm"})
    public String model;

    /** By name: {@code -p sampler=heun,dpmpp-2m}. */
    @Param("ddim")
    public String sampler;

    private Sampler4j sampler4j;
    private Plan plan;
    private OnnxRuntime onnx;
    private Network network;
    private Slot slot;
    private final Cancellation never = new Cancellation();

    /** Opens the distribution named by the system property {@code sampler4j.home}. */
    @Setup
    public void open() throws IOException {
        Path home = Path.of(System.getProperty("sampler4j.home"));
        boolean tiny = model.equals("tiny");
        Path models = tiny ? Files.createTempDirectory("bench") : home.resolve("models");
        if (tiny) tiny(models.resolve("tiny"));
        sampler4j = Sampler4j.builder()
                .modelsDirectory(models)
                .pluginsDirectory(home.resolve("plugins"))
                .open();
        plan = sampler4j.plan(Request.of(model)
                .sampler(sampler)
                .scheduler("leading")
                .guidance("none")
                .steps(STEPS)
                .threads(1)
                .seed(1));
        ModelDirectory directory = sampler4j.models().open(model);
        onnx = new OnnxRuntime();
        network = directory.lease(onnx, "denoiser", new NetworkOptions(Device.parse("cpu"), 1));
        slot = tiny
                ? network.slot(
                        Map.of("x", new long[] {1, 3, 64, 64}, "t", new long[] {1}),
                        Map.of("out", new long[] {1, 3, 64, 64}))
                : network.slot(
                        Map.of(
                                "sample", new long[] {1, 1, 28, 28},
                                "timestep", new long[] {1},
                                "class_labels", new long[] {1}),
                        Map.of("out_sample", new long[] {1, 1, 28, 28}));
        slot.fill(tiny ? "t" : "timestep", 0, 1, 500);
        slot.state(tiny ? "x" : "sample", 0, ArrayTensor.zeros(1, tiny ? 3 * 64 * 64 : 28 * 28));
        if (!tiny) slot.fill("class_labels", 0, 1, 3);
    }

    private static void tiny(Path directory) throws IOException {
        Files.createDirectories(directory);
        byte[] network = TinyOnnx.denoiser(3, 64, 64);
        TinyOnnx.write(directory.resolve("network.onnx"), network);
        Files.writeString(directory.resolve("model.json"), """
                {"format": 1, "kind": "diffusion", "files": {"network.onnx": "%s"},
                 "networks": {"denoiser": {"file": "network.onnx", "inputs": {"x": "x", "time": "t"},
                                           "outputs": {"prediction": "out"}}},
                 "process": {"coordinates": "VP",
                             "betas": {"schedule": "linear", "start": 0.0001, "end": 0.02, "steps": 1000}},
                 "prediction": "epsilon", "time": {"kind": "index", "perSample": true},
                 "sample": {"shape": [3, 64, 64], "range": [-1, 1]}}
                """.formatted(TinyOnnx.sha256(network)));
    }

    /** A step of a run. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public Result step() {
        return plan.run();
    }

    /** The network's call alone. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void call() {
        for (int i = 0; i < STEPS; i++) slot.run(never);
    }

    /** Closes all. */
    @TearDown
    public void close() {
        slot.close();
        network.close();
        onnx.close();
        plan.close();
        sampler4j.close();
    }
}
