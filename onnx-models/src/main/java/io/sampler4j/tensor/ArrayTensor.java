package io.sampler4j.tensor;

import io.sampler4j.api.Tensor;
import java.nio.FloatBuffer;

/**
 * A tensor in one {@code float[]} on the heap, sample-major. Coefficients are rounded to float32 once per operation.
 * The loops are plain so that the JIT compiler vectorises them. Confined to one thread.
 */
public final class ArrayTensor implements Tensor {
    private final float[] v;
    private final int samples;

    private ArrayTensor(float[] v, int samples) {
        if (samples < 1 || v.length % samples != 0) {
            throw new IllegalArgumentException(v.length + " elements are not " + samples + " samples of one size");
        }
        this.v = v;
        this.samples = samples;
    }

    /** Zeros: {@code samples} samples of {@code perSample} elements. */
    public static ArrayTensor zeros(int samples, int perSample) {
        return new ArrayTensor(new float[Math.multiplyExact(samples, perSample)], samples);
    }

    /** A tensor over these values, which it owns from now on. */
    public static ArrayTensor over(float[] values, int samples) {
        return new ArrayTensor(values, samples);
    }

    /** The memory itself, sample-major: for the host's own mathematics. */
    public float[] values() {
        return v;
    }

    private float[] of(Tensor t) {
        if (!(t instanceof ArrayTensor a)) {
            throw new IllegalArgumentException(
                    "a tensor of another run or kind: all tensors of a run come from like() of its start, got "
                            + t.getClass().getName());
        }
        if (a.v.length != v.length) {
            throw new IllegalArgumentException("expected a tensor of " + v.length + " elements, got " + a.v.length);
        }
        return a.v;
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
    public ArrayTensor like() {
        return new ArrayTensor(new float[v.length], samples);
    }

    @Override
    public ArrayTensor set(Tensor y) {
        System.arraycopy(of(y), 0, v, 0, v.length);
        return this;
    }

    @Override
    public ArrayTensor set(double a, Tensor y) {
        float[] x = v, p = of(y);
        float fa = (float) a;
        for (int i = 0; i < x.length; i++) x[i] = fa * p[i];
        return this;
    }

    @Override
    public ArrayTensor set(double a, Tensor y, double b, Tensor z) {
        float[] x = v, p = of(y), q = of(z);
        float fa = (float) a, fb = (float) b;
        for (int i = 0; i < x.length; i++) x[i] = fa * p[i] + fb * q[i];
        return this;
    }

    @Override
    public ArrayTensor set(double a, Tensor y, double b, Tensor z, double c, Tensor w) {
        float[] x = v, p = of(y), q = of(z), r = of(w);
        float fa = (float) a, fb = (float) b, fc = (float) c;
        for (int i = 0; i < x.length; i++) x[i] = fa * p[i] + fb * q[i] + fc * r[i];
        return this;
    }

    @Override
    public ArrayTensor add(double a, Tensor y) {
        float[] x = v, p = of(y);
        float fa = (float) a;
        for (int i = 0; i < x.length; i++) x[i] += fa * p[i];
        return this;
    }

    @Override
    public ArrayTensor add(double a, Tensor y, double b, Tensor z) {
        float[] x = v, p = of(y), q = of(z);
        float fa = (float) a, fb = (float) b;
        for (int i = 0; i < x.length; i++) x[i] += fa * p[i] + fb * q[i];
        return this;
    }

    @Override
    public ArrayTensor setEach(double[] a, Tensor y, double[] b, Tensor z) {
        requireEach(a);
        requireEach(b);
        float[] x = v, p = of(y), q = of(z);
        int n = v.length / samples;
        for (int s = 0; s < samples; s++) {
            float fa = (float) a[s], fb = (float) b[s];
            for (int i = s * n, end = i + n; i < end; i++) x[i] = fa * p[i] + fb * q[i];
        }
        return this;
    }

    @Override
    public void dot(Tensor y, double[] perSample) {
        requireEach(perSample);
        float[] p = of(y);
        int n = v.length / samples;
        for (int s = 0; s < samples; s++) {
            double sum = 0;
            for (int i = s * n, end = i + n; i < end; i++) sum += (double) v[i] * p[i];
            perSample[s] = sum;
        }
    }

    @Override
    public ArrayTensor clamp(double lo, double hi) {
        float[] x = v;
        float l = (float) lo, h = (float) hi;
        for (int i = 0; i < x.length; i++) x[i] = Math.min(Math.max(x[i], l), h);
        return this;
    }

    @Override
    public ArrayTensor blend(Tensor mask, Tensor y) {
        float[] x = v, m = of(mask), p = of(y);
        for (int i = 0; i < x.length; i++) x[i] = m[i] * p[i] + (1 - m[i]) * x[i];
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

    /**
     * Whether no element is NaN or infinite. One pass: 0 times anything finite is 0, and NaN otherwise, and sums keep
     * NaN; eight sums, since one would wait for itself.
     */
    public boolean isFinite() {
        float[] x = v;
        float a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
        int i = 0;
        for (; i + 7 < x.length; i += 8) {
            a += 0f * x[i];
            b += 0f * x[i + 1];
            c += 0f * x[i + 2];
            d += 0f * x[i + 3];
            e += 0f * x[i + 4];
            f += 0f * x[i + 5];
            g += 0f * x[i + 6];
            h += 0f * x[i + 7];
        }
        for (; i < x.length; i++) a += 0f * x[i];
        return !Float.isNaN(a + b + c + d + e + f + g + h);
    }

    private void requireEach(double[] perSample) {
        if (perSample.length != samples) {
            throw new IllegalArgumentException(
                    "expected one number for each of " + samples + " samples, got " + perSample.length);
        }
    }
}
