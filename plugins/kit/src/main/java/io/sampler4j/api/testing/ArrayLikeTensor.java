package io.sampler4j.api.testing;

import io.sampler4j.api.Tensor;
import java.nio.FloatBuffer;
import org.apiguardian.api.API;

/** A tensor of float32 on the heap, as plain as can be: coefficients are rounded to float32, and so is every sum. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class ArrayLikeTensor implements Tensor {
    private final float[] v;
    private final int samples;

    private ArrayLikeTensor(float[] v, int samples) {
        if (v.length % samples != 0) throw new IllegalArgumentException(v.length + " elements in " + samples);
        this.v = v;
        this.samples = samples;
    }

    /** One sample with these elements, copied. */
    public static ArrayLikeTensor of(float... elements) {
        return new ArrayLikeTensor(elements.clone(), 1);
    }

    /** Samples of zeros. */
    public static ArrayLikeTensor zeros(int samples, int elementsEach) {
        return new ArrayLikeTensor(new float[samples * elementsEach], samples);
    }

    /** The elements themselves: writing changes the tensor. */
    public float[] values() {
        return v;
    }

    private float[] of(Tensor t) {
        if (!(t instanceof ArrayLikeTensor d) || d.v.length != v.length || d.samples != samples) {
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
    public ArrayLikeTensor like() {
        return new ArrayLikeTensor(new float[v.length], samples);
    }

    @Override
    public Tensor set(Tensor y) {
        System.arraycopy(of(y), 0, v, 0, v.length);
        return this;
    }

    @Override
    public Tensor set(double a, Tensor y) {
        float[] p = of(y);
        for (int i = 0; i < v.length; i++) v[i] = (float) a * p[i];
        return this;
    }

    @Override
    public Tensor set(double a, Tensor y, double b, Tensor z) {
        float[] p = of(y), q = of(z);
        for (int i = 0; i < v.length; i++) v[i] = (float) a * p[i] + (float) b * q[i];
        return this;
    }

    @Override
    public Tensor set(double a, Tensor y, double b, Tensor z, double c, Tensor w) {
        float[] p = of(y), q = of(z), r = of(w);
        for (int i = 0; i < v.length; i++) v[i] = (float) a * p[i] + (float) b * q[i] + (float) c * r[i];
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
        float[] p = of(y), q = of(z);
        perSample(b);
        int each = v.length / perSample(a);
        for (int i = 0; i < v.length; i++) v[i] = (float) a[i / each] * p[i] + (float) b[i / each] * q[i];
        return this;
    }

    @Override
    public void dot(Tensor y, double[] perSample) {
        float[] p = of(y);
        int each = v.length / perSample(perSample);
        java.util.Arrays.fill(perSample, 0);
        for (int i = 0; i < v.length; i++) perSample[i / each] += (double) v[i] * p[i];
    }

    private int perSample(double[] a) {
        if (a.length != samples) throw new IllegalArgumentException(a.length + " values for " + samples + " samples");
        return samples;
    }

    @Override
    public Tensor clamp(double lo, double hi) {
        for (int i = 0; i < v.length; i++) v[i] = (float) Math.min(Math.max(v[i], lo), hi);
        return this;
    }

    @Override
    public Tensor blend(Tensor mask, Tensor y) {
        float[] m = of(mask), p = of(y);
        for (int i = 0; i < v.length; i++) v[i] = m[i] * p[i] + (1 - m[i]) * v[i];
        return this;
    }

    @Override
    public void read(float[] into) {
        System.arraycopy(v, 0, into, 0, v.length);
    }

    @Override
    public void write(float[] from) {
        System.arraycopy(from, 0, v, 0, v.length);
    }

    @Override
    public void read(FloatBuffer into) {
        into.put(v);
    }

    @Override
    public void write(FloatBuffer from) {
        from.get(v);
    }
}
