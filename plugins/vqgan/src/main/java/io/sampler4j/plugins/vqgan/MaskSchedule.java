package io.sampler4j.plugins.vqgan;

import io.sampler4j.api.token.TokenGrid;

/**
 * A schedule of MaskGIT (Chang et al. 2022, section 3.3): after a share r of the steps, the whole part of
 * {@code total gamma(r)} positions is still masked. In float64: the reference's float32 falls short of a whole number
 * where gamma meets one, as the cosine does at r = 2/3.
 *
 * @param gamma the share of masks, from 1 to 0
 * @param steps of the whole canvas
 * @param open positions of the canvas, on which {@code log} and {@code exp} depend
 */
record MaskSchedule(Gamma gamma, int steps, int open) implements TokenGrid {
    private static final double LEAST = 1e-6;

    /** The share of positions masked, as a function of the share of steps done. */
    @FunctionalInterface
    interface Gamma {
        /** @param total positions to fill */
        double at(double ratio, int total);
    }

    static double cosine(double ratio, int total) {
        return Math.cos(Math.PI / 2 * ratio);
    }

    static double uniform(double ratio, int total) {
        return 1 - ratio;
    }

    static Gamma power(double exponent) {
        return (ratio, total) -> 1 - Math.pow(ratio, exponent);
    }

    static double log(double ratio, int total) {
        return -Math.log(ratio) / Math.log(total);
    }

    static double exp(double ratio, int total) {
        return 1 - Math.pow(total, ratio - 1);
    }

    @Override
    public double noise(int i, int n) {
        return i <= 0 ? 1 : i >= n ? 0 : share((double) i / n, open);
    }

    @Override
    public int left(int total, int i, int n) {
        return i >= n - 1 ? 0 : (int) (total * share((i + 1.0) / n, total));
    }

    private double share(double ratio, int total) {
        return Math.max(LEAST, Math.min(1, gamma.at(ratio, total)));
    }
}
