package io.sampler4j.model.tokens;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * With the Vector API, in the widest lanes the processor has. One exponential per loop and small loops: with two, C2
 * gives up inlining and boxes the vectors.
 */
final class VectorKernel implements Kernel {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final float LOWEST = -80;
    private static final float LOG2E = 1.442695040888963f;
    /** ln 2 in two parts: n times the first is exact. */
    private static final float LN2_HIGH = 0.693359375f;

    private static final float LN2_LOW = -2.12194440e-4f;
    /** 1.5 * 2^23: added to a small number, it leaves it rounded to a whole one in the low bits. */
    private static final float MAGIC = 12582912f;

    @Override
    public String name() {
        return "vector of " + S.vectorBitSize() + " bits";
    }

    @Override
    public float max(float[] v, int n) {
        FloatVector a = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY), b = a;
        int i = 0;
        for (; i + 2 * LANES <= n; i += 2 * LANES) {
            a = a.max(FloatVector.fromArray(S, v, i));
            b = b.max(FloatVector.fromArray(S, v, i + LANES));
        }
        float max = a.max(b).reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) max = Math.max(max, v[i]);
        return max;
    }

    @Override
    public double expSum(float[] v, int n, float max, float scale) {
        FloatVector sum = FloatVector.zero(S);
        int i = 0;
        for (; i + LANES <= n; i += LANES) sum = sum.add(exp(from(v, i, max, scale)));
        double total = sum.reduceLanes(VectorOperators.ADD);
        for (; i < n; i++) total += Math.exp(Math.max((v[i] - max) * scale, LOWEST));
        return total;
    }

    @Override
    public double expDot(float[] v, int n, float max, float scale) {
        FloatVector sum = FloatVector.zero(S);
        int i = 0;
        for (; i + LANES <= n; i += LANES) {
            FloatVector d = from(v, i, max, scale);
            sum = exp(d).fma(d, sum);
        }
        double total = sum.reduceLanes(VectorOperators.ADD);
        for (; i < n; i++) {
            double d = Math.max((v[i] - max) * scale, LOWEST);
            total += d * Math.exp(d);
        }
        return total;
    }

    private static FloatVector from(float[] v, int at, float max, float scale) {
        return FloatVector.fromArray(S, v, at).sub(max).mul(scale).max(LOWEST);
    }

    /** exp(d) = 2^n exp(r), |r| <= ln 2 / 2, by a polynomial of degree 6, for d in [-80, 0]; 2e-7 relative (Cephes expf). */
    private static FloatVector exp(FloatVector d) {
        FloatVector t = d.fma(FloatVector.broadcast(S, LOG2E), FloatVector.broadcast(S, MAGIC));
        FloatVector n = t.sub(MAGIC);
        FloatVector r = n.fma(FloatVector.broadcast(S, -LN2_HIGH), d);
        r = n.fma(FloatVector.broadcast(S, -LN2_LOW), r);
        FloatVector p = r.fma(FloatVector.broadcast(S, 1f / 720), FloatVector.broadcast(S, 1f / 120));
        p = p.fma(r, FloatVector.broadcast(S, 1f / 24));
        p = p.fma(r, FloatVector.broadcast(S, 1f / 6));
        p = p.fma(r, FloatVector.broadcast(S, .5f));
        p = p.fma(r, FloatVector.broadcast(S, 1));
        p = p.fma(r, FloatVector.broadcast(S, 1));
        return p.reinterpretAsInts()
                .add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats();
    }
}
