package io.sampler4j.onnx;

import io.sampler4j.api.Tensor;
import java.nio.FloatBuffer;

/** As much of a tensor as a network sees: numbers that are read and written. */
public final class HeapTensor implements Tensor {
    /** The elements, sample-major. */
    public final float[] values;

    private final int samples;

    /** @param values is kept, not copied */
    public HeapTensor(int samples, float... values) {
        this.samples = samples;
        this.values = values;
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public int samples() {
        return samples;
    }

    @Override
    public Tensor like() {
        return new HeapTensor(samples, new float[values.length]);
    }

    @Override
    public void read(float[] into) {
        System.arraycopy(values, 0, into, 0, values.length);
    }

    @Override
    public void write(float[] from) {
        System.arraycopy(from, 0, values, 0, values.length);
    }

    @Override
    public void read(FloatBuffer into) {
        into.put(values);
    }

    @Override
    public void write(FloatBuffer from) {
        from.get(values);
    }

    @Override
    public Tensor set(Tensor y) {
        throw arithmetic();
    }

    @Override
    public Tensor set(double a, Tensor y) {
        throw arithmetic();
    }

    @Override
    public Tensor set(double a, Tensor y, double b, Tensor z) {
        throw arithmetic();
    }

    @Override
    public Tensor set(double a, Tensor y, double b, Tensor z, double c, Tensor w) {
        throw arithmetic();
    }

    @Override
    public Tensor add(double a, Tensor y) {
        throw arithmetic();
    }

    @Override
    public Tensor add(double a, Tensor y, double b, Tensor z) {
        throw arithmetic();
    }

    @Override
    public Tensor setEach(double[] a, Tensor y, double[] b, Tensor z) {
        throw arithmetic();
    }

    @Override
    public void dot(Tensor y, double[] perSample) {
        throw arithmetic();
    }

    @Override
    public Tensor clamp(double lo, double hi) {
        throw arithmetic();
    }

    @Override
    public Tensor blend(Tensor mask, Tensor y) {
        throw arithmetic();
    }

    private static UnsupportedOperationException arithmetic() {
        return new UnsupportedOperationException("a network does no arithmetic on the state");
    }
}
