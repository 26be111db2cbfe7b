package io.sampler4j.model.tokens;

/** Uniforms in (0, 1) that depend on their keys alone. The mixing is SplitMix64's (Steele, Lea and Flood 2014). */
public final class Uniforms {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Uniforms() {}

    /** The uniform of a request's seed at this step, position and lane. */
    public static double of(long seed, int step, int position, int lane) {
        long key = mix(seed + GOLDEN);
        key = mix(key ^ (step + 1) * GOLDEN);
        key = mix(key ^ (position + 1) * GOLDEN);
        return unit(mix(key ^ (lane + 1) * GOLDEN));
    }

    /** One of as many uniforms as there are ids, from the uniform of a row. */
    static double of(double row, int id) {
        return unit(mix(mix(Double.doubleToLongBits(row)) ^ (id + 1) * GOLDEN));
    }

    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** 52 bits and a half, so that neither 0 nor 1 comes out. */
    private static double unit(long bits) {
        return ((bits >>> 12) + .5) * 0x1p-52;
    }
}
