package io.sampler4j.runtime.random;

/**
 * One of PyTorch's CPU generators. From 16 elements on, normals are made in blocks of 16 from uniforms that are drawn
 * first, all of them; a tail that fills no block is drawn anew with what stands before it. Below 16 they are made one by
 * one in double, in pairs of which the second waits in the generator for the next such call. Source: PyTorch,
 * DistributionTemplates.h, TransformationHelper.h, avx_mathfun.h.
 */
final class TorchStream implements RandomStream {
    private static final int BLOCK = 16;
    private static final int HALF = BLOCK / 2;
    private static final float TO_UNIT = 0x1p-24f;
    private static final double TO_UNIT_DOUBLE = 0x1p-53;
    private static final long MANTISSA = (1L << 53) - 1;

    private final Mt19937 engine;
    private final boolean portable;
    private boolean cached;
    private double cache;

    TorchStream(long seed, boolean portable) {
        // The engine takes the low 32 bits of the 64-bit seed, as PyTorch's does.
        engine = new Mt19937((int) seed);
        this.portable = portable;
    }

    @Override
    public void uniform(float[] out, int from, int to) {
        for (int i = from; i < to; i++) out[i] = uniform();
    }

    @Override
    public void normal(float[] out, int from, int to) {
        int n = to - from;
        if (n < BLOCK) {
            for (int i = from; i < to; i++) out[i] = (float) scalar();
            return;
        }
        uniform(out, from, to);
        int whole = from + n / BLOCK * BLOCK;
        for (int i = from; i < whole; i += BLOCK) transform(out, i);
        if (whole < to) {
            uniform(out, to - BLOCK, to);
            transform(out, to - BLOCK);
        }
    }

    private float uniform() {
        return (engine.word() & 0xffffff) * TO_UNIT;
    }

    private double uniformDouble() {
        long high = engine.word() & 0xffffffffL, low = engine.word() & 0xffffffffL;
        return ((high << 32 | low) & MANTISSA) * TO_UNIT_DOUBLE;
    }

    private double scalar() {
        if (cached) {
            cached = false;
            return cache;
        }
        double u1 = uniformDouble(), u2 = uniformDouble();
        double r = Math.sqrt(-2 * StrictMath.log1p(-u2)), theta = 2 * Math.PI * u1;
        cache = r * StrictMath.sin(theta);
        cached = true;
        return r * StrictMath.cos(theta);
    }

    private void transform(float[] d, int at) {
        for (int j = at; j < at + HALF; j++) {
            if (portable) portable(d, j);
            else avx2(d, j);
        }
    }

    private static void portable(float[] d, int j) {
        float u1 = 1 - d[j], u2 = d[j + HALF];
        float r = (float) Math.sqrt(-2f * (float) StrictMath.log(u1));
        float theta = (float) (2 * Math.PI * u2);
        d[j] = r * (float) StrictMath.cos(theta);
        d[j + HALF] = r * (float) StrictMath.sin(theta);
    }

    /** Cephes' polynomials with the very contractions of the reference's AVX2 code. */
    private static void avx2(float[] d, int j) {
        float r = (float) Math.sqrt(-2f * log(1f - d[j]));
        float x = 6.2831855f * d[j + HALF];
        int q = ((int) (x * 1.27323954473516f) + 1) & ~1;
        float y = q;
        x = Math.fma(y, -.78515625f, x);
        x = Math.fma(y, -2.4187564849853515625e-4f, x);
        x = Math.fma(y, -3.77489497744594108e-8f, x);
        float z = x * x;
        float c = 2.443315711809948E-5f;
        c = Math.fma(c, z, -1.388731625493765E-3f);
        c = Math.fma(c, z, 4.166664568298827E-2f);
        c = c * z;
        c = Math.fma(c, z, -(z * .5f));
        c = c + 1;
        float s = -1.9515295891E-4f;
        s = Math.fma(s, z, 8.3321608736E-3f);
        s = Math.fma(s, z, -1.6666654611E-1f);
        s = s * z;
        s = Math.fma(s, x, x);
        boolean swap = (q & 2) != 0;
        float sin = swap ? c : s, cos = swap ? s : c;
        if ((q & 4) != 0) sin = -sin;
        if (((q - 2) & 4) == 0) cos = -cos;
        d[j] = r * cos + 0f;
        d[j + HALF] = r * sin + 0f;
    }

    private static float log(float value) {
        float x = Math.max(value, Float.MIN_NORMAL);
        int bits = Float.floatToRawIntBits(x);
        float e = (bits >>> 23) - 0x7f + 1;
        x = Float.intBitsToFloat((bits & 0x007fffff) | 0x3f000000);
        if (x < .707106781186547524f) {
            e -= 1;
            x = (x - 1) + x;
        } else {
            x = x - 1;
        }
        float z = x * x;
        float y = 7.0376836292E-2f;
        y = Math.fma(y, x, -1.1514610310E-1f);
        y = Math.fma(y, x, 1.1676998740E-1f);
        y = Math.fma(y, x, -1.2420140846E-1f);
        y = Math.fma(y, x, 1.4249322787E-1f);
        y = Math.fma(y, x, -1.6668057665E-1f);
        y = Math.fma(y, x, 2.0000714765E-1f);
        y = Math.fma(y, x, -2.4999993993E-1f);
        y = Math.fma(y, x, 3.3333331174E-1f);
        y = y * x;
        y = Math.fma(y, z, e * -2.12194440e-4f);
        y = Math.fma(-z, .5f, y);
        x = x + y;
        return Math.fma(e, .693359375f, x);
    }
}
