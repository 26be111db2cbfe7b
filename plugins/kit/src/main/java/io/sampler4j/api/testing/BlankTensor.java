package io.sampler4j.api.testing;

import io.sampler4j.api.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A tensor without data, as in a host's dry run: every operation is nothing, and what is read are seeded normals. */
class BlankTensor implements Tensor {
    private final int size;
    private final int samples;

    BlankTensor(int size, int samples) {
        this.size = size;
        this.samples = samples;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int samples() {
        return samples;
    }

    @Override
    public Tensor like() {
        return new BlankTensor(size, samples);
    }

    @Override
    public Tensor set(Tensor y) {
        return this;
    }

    @Override
    public Tensor set(double a, Tensor y) {
        return this;
    }

    @Override
    public Tensor set(double a, Tensor y, double b, Tensor z) {
        return this;
    }

    @Override
    public Tensor set(double a, Tensor y, double b, Tensor z, double c, Tensor w) {
        return this;
    }

    @Override
    public Tensor add(double a, Tensor y) {
        return this;
    }

    @Override
    public Tensor add(double a, Tensor y, double b, Tensor z) {
        return this;
    }

    @Override
    public Tensor setEach(double[] a, Tensor y, double[] b, Tensor z) {
        return this;
    }

    @Override
    public void dot(Tensor y, double[] perSample) {
        Arrays.fill(perSample, (double) size / samples);
    }

    @Override
    public Tensor clamp(double lo, double hi) {
        return this;
    }

    @Override
    public Tensor blend(Tensor mask, Tensor y) {
        return this;
    }

    @Override
    public void read(float[] into) {
        SplittableRandom random = new SplittableRandom(0);
        for (int i = 0; i < into.length; i++) into[i] = (float) random.nextGaussian();
    }

    @Override
    public void write(float[] from) {}

    @Override
    public void read(FloatBuffer into) {
        float[] values = new float[size];
        read(values);
        into.put(values);
    }

    @Override
    public void write(FloatBuffer from) {
        from.position(from.position() + size);
    }
}
