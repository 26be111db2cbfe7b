package io.sampler4j.model.tokens;

import java.util.Arrays;

/**
 * Without the vector module: loops that C2 turns into vector instructions by itself. Reductions it would not, so each
 * keeps one accumulator per lane, and the exponential is free of conversions between float and int:
 * exp(d) = exp(d / 64)^64, the root by a polynomial on [-1/2, 0], then six squarings.
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
        Arrays.fill(lanes, 0);
        int i = 0;
        for (; i + LANES <= n; i += LANES) lanesExp(v, i, max, scale, lanes);
        double sum = total(lanes);
        for (; i < n; i++) sum += exp(Math.max((v[i] - max) * scale, LOWEST));
        return sum;
    }

    private static void lanesExp(float[] v, int at, float max, float scale, float[] sums) {
        for (int j = 0; j < LANES; j++) sums[j] += exp(Math.max((v[at + j] - max) * scale, LOWEST));
    }

    @Override
    public double expDot(float[] v, int n, float max, float scale) {
        Arrays.fill(lanes, 0);
        int i = 0;
        for (; i + LANES <= n; i += LANES) lanesDot(v, i, max, scale, lanes);
        double sum = total(lanes);
        for (; i < n; i++) {
            float d = Math.max((v[i] - max) * scale, LOWEST);
            sum += d * exp(d);
        }
        return sum;
    }

    private static void lanesDot(float[] v, int at, float max, float scale, float[] sums) {
        for (int j = 0; j < LANES; j++) {
            float d = Math.max((v[at + j] - max) * scale, LOWEST);
            sums[j] += d * exp(d);
        }
    }

    private static double total(float[] sums) {
        double sum = 0;
        for (float s : sums) sum += s;
        return sum;
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
