package io.sampler4j.it;

import io.sampler4j.onnx.TinyOnnx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Models whose best denoiser is known, as ONNX files: N exchangeable Gaussian elements of mean 0, with variance s^2 and
 * one correlation. The covariance has the eigenvalue l1 = s^2 (1 + (N - 1) r) on the mean of the elements and l0 = s^2 (1
 * - r) elsewhere, so x0 = f0 x + (f1 - f0) mean(x), f = alpha l / (alpha^2 l + sigma^2).
 */
final class Gaussians {
    private Gaussians() {}

    /** A network that says x0, in VE coordinates, told sigma. */
    static void x0(Path directory, int n, double s, double r, String more) throws IOException {
        byte[] network = start(n, s, r)
                .node("Add", List.of("noise", "l0"), List.of("d0"))
                .node("Add", List.of("noise", "l1"), List.of("d1"))
                .node("Div", List.of("l0", "d0"), List.of("f0"))
                .node("Div", List.of("l1", "d1"), List.of("f1"))
                .node("Sub", List.of("f1", "f0"), List.of("f"))
                .node("Mul", List.of("x", "f0"), List.of("own"))
                .node("Mul", List.of("mean", "f"), List.of("shared"))
                .node("Add", List.of("own", "shared"), List.of("out"))
                .output("out", TinyOnnx.FLOAT, "batch", n)
                .bytes();
        write(
                directory,
                network,
                "\"VE\", \"lowest\": 0.001, \"highest\": 100",
                "x0",
                "{\"kind\": \"sigma\", \"perSample\": true}",
                "[" + n + "]",
                more);
    }

    /** A network that says eps, in flow coordinates, told t: for independent elements. */
    static void epsilon(Path directory, int n, double s, String more) throws IOException {
        // eps = t / ((1 - t)^2 s^2 + t^2) x
        byte[] network = start(n, s, 0)
                .node("Sub", List.of("one", "t"), List.of("rest"))
                .node("Mul", List.of("rest", "rest"), List.of("rest2"))
                .node("Mul", List.of("rest2", "l0"), List.of("data"))
                .node("Add", List.of("data", "noise"), List.of("v"))
                .node("Div", List.of("t", "v"), List.of("f"))
                .node("Mul", List.of("x", "f"), List.of("out"))
                .output("out", TinyOnnx.FLOAT, "batch", n)
                .bytes();
        write(directory, network, "\"FLOW\"", "epsilon", "{\"kind\": \"t\", \"perSample\": true}", "[" + n + "]", more);
    }

    /** A network that says the velocity eps - x0, in flow coordinates, told t, and so knows pure noise as well. */
    static void velocity(Path directory, int n, double s, String more) throws IOException {
        // eps - x0 = (t - (1 - t) s^2) / ((1 - t)^2 s^2 + t^2) x
        byte[] network = start(n, s, 0)
                .node("Sub", List.of("one", "t"), List.of("rest"))
                .node("Mul", List.of("rest", "rest"), List.of("rest2"))
                .node("Mul", List.of("rest2", "l0"), List.of("data"))
                .node("Add", List.of("data", "noise"), List.of("v"))
                .node("Mul", List.of("rest", "l0"), List.of("x0"))
                .node("Sub", List.of("t", "x0"), List.of("u"))
                .node("Div", List.of("u", "v"), List.of("f"))
                .node("Mul", List.of("x", "f"), List.of("out"))
                .output("out", TinyOnnx.FLOAT, "batch", n)
                .bytes();
        write(
                directory,
                network,
                "\"FLOW\"",
                "velocity",
                "{\"kind\": \"t\", \"perSample\": true}",
                "[" + n + "]",
                more);
    }

    private static TinyOnnx start(int n, double s, double r) {
        float[] average = new float[n * n];
        java.util.Arrays.fill(average, 1f / n);
        return TinyOnnx.graph()
                .input("x", TinyOnnx.FLOAT, "batch", n)
                .input("time", TinyOnnx.FLOAT, "batch")
                .initializer("average", new long[] {n, n}, average)
                .initializer("column", new long[] {2}, -1L, 1L)
                .initializer("one", new long[] {}, 1f)
                .initializer("l0", new long[] {}, (float) (s * s * (1 - r)))
                .initializer("l1", new long[] {}, (float) (s * s * (1 + (n - 1) * r)))
                .node("Reshape", List.of("time", "column"), List.of("t"))
                .node("Mul", List.of("t", "t"), List.of("noise"))
                .node("MatMul", List.of("x", "average"), List.of("mean"));
    }

    private static void write(
            Path directory, byte[] network, String process, String prediction, String time, String shape, String more)
            throws IOException {
        Files.createDirectories(directory);
        TinyOnnx.write(directory.resolve("network.onnx"), network);
        Files.writeString(directory.resolve("model.json"), """
                {"format": 1, "kind": "diffusion", "files": {"network.onnx": "%s"},
                 "networks": {"denoiser": {"file": "network.onnx", "inputs": {"x": "x", "time": "time"},
                                           "outputs": {"prediction": "out"}}},
                 "process": {"coordinates": %s}, "prediction": "%s", "time": %s,
                 "sample": {"shape": %s, "range": [-4, 4]} %s}
                """.formatted(
                        TinyOnnx.sha256(network), process, prediction, time, shape, more));
    }
}
