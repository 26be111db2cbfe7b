package io.sampler4j.model.tokens;

import java.util.Arrays;

/**
 * Without the vector module. Several accumulators, so that additions do not wait for one another; the exponential is free
 * of conversions between float and int: exp(d) = exp(d / 64)^64, the root by a polynomial on [-1/2, 0], then six squarings.
 */
final class ScalarKernel implements Kernel {
    private static final int LANES = 64;
    /** exp(-32) = 1e-14: a whole vocabulary of such terms is lost in float32. */
    private static final float LOWEST = -32;

    private static final float ROOT = 1f / 64;

    private final float[] lanes = new float[LANES];

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public float max(float[] v, int n) {
        Arrays.fill(lanes, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i + LANES <= n; i += LANES) lanesMax(v, i, lanes);
        float max = Float.NEGATIVE_INFINITY;
        for (float m : lanes) max = Math.max(max, m);
        for (; i < n; i++) max = Math.max(max, v[i]);
        return max;
    }

    private static void lanesMax(float[] v, int at, float[] most) {
        for (int j = 0; j < LANES; j++) most[j] = Math.max(most[j], v[at + j]);
    }

    @Override
    public double expSum(float[] v, int n, float max, float scale) {
        // In double: beside the 1 of the likeliest entry, a float would lose what tells two sure rows apart.
        double a = 0, b = 0, c = 0, d = 0;
        int i = 0;
        for (; i + 4 <= n; i += 4) {
            a += exp(above((v[i] - max) * scale));
            b += exp(above((v[i + 1] - max) * scale));
            c += exp(above((v[i + 2] - max) * scale));
            d += exp(above((v[i + 3] - max) * scale));
        }
        double sum = a + b + c + d;
        for (; i < n; i++) sum += exp(above((v[i] - max) * scale));
        return sum;
    }

    @Override
    public double expDot(float[] v, int n, float max, float scale) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            float d = above((v[i] - max) * scale);
            sum += d * exp(d);
        }
        return sum;
    }

    /** A comparison, for Math.max is slow about NaN; {@link #max} has found any. */
    private static float above(float d) {
        return d > LOWEST ? d : LOWEST;
    }

    /** For d in [-32, 0]. Taylor's polynomial of degree 6 about -1/4 is within 3e-10 of the root. */
    private static float exp(float d) {
        float t = d * ROOT + .25f;
        float e = ((((((1f / 720) * t + 1f / 120) * t + 1f / 24) * t + 1f / 6) * t + .5f) * t + 1) * t + 1;
        e *= .7788008f;
        e *= e;
        e *= e;
        e *= e;
        e *= e;
        e *= e;
        return e * e;
    }
}
