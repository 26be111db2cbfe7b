package io.sampler4j.it.goldens;

import io.sampler4j.onnx.TinyOnnx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The reference's dummies: its network x t / (t + 1) as an ONNX file, its sample, and its noise. */
final class Dummy {
    private Dummy() {}

    /** The network for samples of a shape, which takes its time as a float, or rounded to a whole number. */
    static byte[] network(int[] shape, boolean wholeTimes) {
        TinyOnnx graph = start(shape, wholeTimes ? TinyOnnx.INT64 : TinyOnnx.FLOAT);
        String time = "t";
        if (wholeTimes) {
            graph.node("Cast", List.of("t"), List.of("time"), TinyOnnx.attribute("to", TinyOnnx.FLOAT));
            time = "time";
        }
        return factor(graph, time, "factor").perSample(shape);
    }

    /**
     * The same for EDM's F: the reference's test gives its network x itself, not c_in x, so this double takes c_in =
     * 1 / sqrt(sigma^2 + sigmaData^2) back, at sigma = e^(4 t); with v its c_out has the other sign.
     */
    static byte[] edmNetwork(int[] shape, double sigmaData, boolean v) {
        TinyOnnx graph = start(shape, TinyOnnx.FLOAT)
                .initializer("eight", new long[] {}, 8f)
                .initializer("variance", new long[] {}, (float) (sigmaData * sigmaData))
                .initializer("sign", new long[] {}, v ? -1f : 1f)
                .node("Mul", List.of("t", "eight"), List.of("t8"))
                .node("Exp", List.of("t8"), List.of("squared"))
                .node("Add", List.of("squared", "variance"), List.of("sum"))
                .node("Sqrt", List.of("sum"), List.of("unscaled"));
        return factor(graph, "t", "plain").then("unscaled").then("sign").perSample(shape);
    }

    private static TinyOnnx start(int[] shape, int timeType) {
        return TinyOnnx.graph().input("x", TinyOnnx.FLOAT, dims(shape)).input("t", timeType, "batch");
    }

    private static Factor factor(TinyOnnx graph, String time, String name) {
        graph.initializer("one", new long[] {}, 1f)
                .node("Add", List.of(time, "one"), List.of("above"))
                .node("Div", List.of(time, "above"), List.of(name));
        return new Factor(graph, name);
    }

    /** What x is multiplied by, one number for each sample. */
    private record Factor(TinyOnnx graph, String name) {
        Factor then(String other) {
            graph.node("Mul", List.of(name, other), List.of(name + "." + other));
            return new Factor(graph, name + "." + other);
        }

        byte[] perSample(int[] shape) {
            long[] ones = new long[shape.length];
            Arrays.fill(ones, 1);
            ones[0] = -1;
            return graph.initializer("perSample", new long[] {shape.length}, ones)
                    .node("Reshape", List.of(name, "perSample"), List.of("factors"))
                    .node("Mul", List.of("x", "factors"), List.of("out"))
                    .output("out", TinyOnnx.FLOAT, dims(shape))
                    .bytes();
        }
    }

    private static Object[] dims(int[] shape) {
        List<Object> dims = new ArrayList<>(List.of("batch"));
        for (int i = 1; i < shape.length; i++) dims.add(shape[i]);
        return dims.toArray();
    }

    /** The reference's sample: a ramp from 0, in which the batch runs fastest. */
    static float[] ramp(int[] shape) {
        int batch = shape[0], elements = 1;
        for (int i = 1; i < shape.length; i++) elements *= shape[i];
        float[] x = new float[batch * elements];
        for (int b = 0; b < batch; b++) {
            for (int i = 0; i < elements; i++) x[b * elements + i] = (i * batch + b) / (float) x.length;
        }
        return x;
    }

    /** alpha ramp + sigma noise, where the noise is the same ramp turned round. */
    static float[] noised(int[] shape, double alpha, double sigma) {
        float[] x = ramp(shape);
        float top = (x.length - 1) / (float) x.length;
        for (int i = 0; i < x.length; i++) x[i] = (float) (alpha * x[i] + sigma * (top - x[i]));
        return x;
    }

    /** Every element times a factor. */
    static float[] times(double factor, float[] x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) y[i] = (float) (factor * x[i]);
        return y;
    }
}
