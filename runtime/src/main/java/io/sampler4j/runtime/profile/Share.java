package io.sampler4j.runtime.profile;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * A share of runs, chosen by their seeds: a seed is always on the same side, and a greater share holds a smaller one.
 *
 * @param of more than 0 and less than 1
 */
record Share(double of) {
    Share {
        if (!(of > 0 && of < 1)) {
            throw new IllegalArgumentException("a canary takes more than 0% and less than 100% of runs, got " + of * 100
                    + "%: for all of them, switch");
        }
    }

    /** Such as {@code 5%}. */
    static Share parse(String text) {
        String stripped = text.strip();
        try {
            if (stripped.endsWith("%")) {
                String number = stripped.substring(0, stripped.length() - 1);
                return new Share(Double.parseDouble(number.strip()) / 100);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a share is written as 5%, got \"" + text + "\"", e);
        }
        throw new IllegalArgumentException("a share is written as 5%, got \"" + text + "\"");
    }

    /** Whether the run with this seed, asked of a profile of this name, is in it. */
    boolean holds(String name, long seed) {
        return unit(seed ^ (long) name.hashCode() << 32) < of;
    }

    /** A number in [0, 1), uniform over seeds however they are numbered: the finaliser of SplitMix64 (Steele et al. 2014). */
    private static double unit(long seed) {
        long z = seed + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return ((z ^ z >>> 31) >>> 11) * 0x1.0p-53;
    }

    @Override
    public String toString() {
        return new BigDecimal(of * 100)
                        .round(new MathContext(6))
                        .stripTrailingZeros()
                        .toPlainString() + "%";
    }
}
