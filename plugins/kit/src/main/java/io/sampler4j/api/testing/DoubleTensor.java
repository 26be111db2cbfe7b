package io.sampler4j.api.testing;

import io.sampler4j.api.Tensor;
import java.nio.FloatBuffer;
import org.apiguardian.api.API;

/** A tensor of float64, on which orders are measured below float32's floor, with the samplers unchanged. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class DoubleTensor implements Tensor {
    private final double[] v;
    private final int samples;

    private DoubleTensor(double[] v, int samples) {
        if (v.length % samples != 0) throw new IllegalArgumentException(v.length + " elements in " + samples);
        this.v = v;
        this.samples = samples;
    }

    /** One sample with these elements, copied. */
    public static DoubleTensor of(double... elements) {
        return new DoubleTensor(elements.clone(), 1);
    }

    /** Samples of zeros. */
    public static DoubleTensor zeros(int samples, int elementsEach) {
        return new DoubleTensor(new double[samples * elementsEach], samples);
    }

    /** The elements themselves: writing changes the tensor. */
    public double[] values() {
        return v;
    }

    private double[] of(Tensor t) {
        if (!(t instanceof DoubleTensor d) || d.v.length != v.length || d.samples != samples) {
            throw new IllegalArgumentException("a tensor of another run or shape");
        }
        return d.v;
    }

    @Override
    public int size() {
        return v.length;
    }

    @Override
    public int samples() {
        return samples;
    }

    @Override
    public DoubleTensor like() {
        return new DoubleTensor(new double[v.length], samples);
    }

    @Override
    public Tensor set(Tensor y) {
        System.arraycopy(of(y), 0, v, 0, v.length);
        return this;
    }

    @Override
    public Tensor set(double a, Tensor y) {
        double[] p = of(y);
        for (int i = 0; i < v.length; i++) v[i] = a * p[i];
        return this;
    }

    @Override
    public Tensor set(double a, Tensor y, double b, Tensor z) {
        double[] p = of(y), q = of(z);
        for (int i = 0; i < v.length; i++) v[i] = a * p[i] + b * q[i];
        return this;
    }

    @Override
    public Tensor set(double a, Tensor y, double b, Tensor z, double c, Tensor w) {
        double[] p = of(y), q = of(z), r = of(w);
        for (int i = 0; i < v.length; i++) v[i] = a * p[i] + b * q[i] + c * r[i];
        return this;
    }

    @Override
    public Tensor add(double a, Tensor y) {
        return set(1, this, a, y);
    }

    @Override
    public Tensor add(double a, Tensor y, double b, Tensor z) {
        return set(1, this, a, y, b, z);
    }

    @Override
    public Tensor setEach(double[] a, Tensor y, double[] b, Tensor z) {
        double[] p = of(y), q = of(z);
        perSample(b);
        int each = v.length / perSample(a);
        for (int i = 0; i < v.length; i++) v[i] = a[i / each] * p[i] + b[i / each] * q[i];
        return this;
    }

    @Override
    public void dot(Tensor y, double[] perSample) {
        double[] p = of(y);
        int each = v.length / perSample(perSample);
        java.util.Arrays.fill(perSample, 0);
        for (int i = 0; i < v.length; i++) perSample[i / each] += v[i] * p[i];
    }

    private int perSample(double[] a) {
        if (a.length != samples) throw new IllegalArgumentException(a.length + " values for " + samples + " samples");
        return samples;
    }

    @Override
    public Tensor clamp(double lo, double hi) {
        for (int i = 0; i < v.length; i++) v[i] = Math.min(Math.max(v[i], lo), hi);
        return this;
    }

    @Override
    public Tensor blend(Tensor mask, Tensor y) {
        double[] m = of(mask), p = of(y);
        for (int i = 0; i < v.length; i++) v[i] = m[i] * p[i] + (1 - m[i]) * v[i];
        return this;
    }

    @Override
    public void read(float[] into) {
        for (int i = 0; i < v.length; i++) into[i] = (float) v[i];
    }

    @Override
    public void write(float[] from) {
        for (int i = 0; i < v.length; i++) v[i] = from[i];
    }

    @Override
    public void read(FloatBuffer into) {
        for (double each : v) into.put((float) each);
    }

    @Override
    public void write(FloatBuffer from) {
        for (int i = 0; i < v.length; i++) v[i] = from.get();
    }
}
