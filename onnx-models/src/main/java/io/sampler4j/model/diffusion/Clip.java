package io.sampler4j.model.diffusion;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Estimator;
import java.util.Arrays;

/**
 * Keeps x0 in the range of the data: clipped to a fixed range, or by dynamic thresholding (Saharia et al. 2022, section
 * 2.3), where each sample's range is a quantile of its |x0|, between 1 and a maximum, and x0 is divided by it. eps stays
 * as it is, as in the reference, unless it is to be derived again from x and the new x0.
 */
public final class Clip {
    private final double range;
    private final double ratio;
    private final double max;
    private final boolean rederive;

    private Clip(double range, double ratio, double max, boolean rederive) {
        this.range = range;
        this.ratio = ratio;
        this.max = max;
        this.rederive = rederive;
    }

    /** Clips x0 to [-range, range]. */
    public static Clip to(double range, boolean rederive) {
        return new Clip(range, 0, 0, rederive);
    }

    /** Thresholds x0 by the quantile {@code ratio} of each sample, at most {@code max}; max wins below 1. */
    public static Clip threshold(double ratio, double max, boolean rederive) {
        return new Clip(0, ratio, max, rederive);
    }

    /** The estimator with its x0 kept in range. Made once per run. */
    public Estimator around(Estimator inner, Tensor like) {
        float[] values = ratio > 0 ? new float[like.size()] : new float[0];
        float[] sorted = new float[ratio > 0 ? like.size() / like.samples() : 0];
        return (x, at, e) -> {
            inner.denoise(x, at, e);
            if (ratio > 0) threshold(e.x0(), values, sorted);
            else e.x0().clamp(-range, range);
            if (rederive) e.deriveEps(x, at);
        };
    }

    private void threshold(Tensor x0, float[] values, float[] sorted) {
        x0.read(values);
        int n = sorted.length;
        for (int from = 0; from < values.length; from += n) {
            for (int i = 0; i < n; i++) sorted[i] = Math.abs(values[from + i]);
            Arrays.sort(sorted);
            float s = (float) Math.min(Math.max(quantile(sorted), 1), max);
            for (int i = from; i < from + n; i++) values[i] = Math.min(Math.max(values[i], -s), s) / s;
        }
        x0.write(values);
    }

    /** Linear between the two neighbours, as torch.quantile. */
    private double quantile(float[] sorted) {
        double rank = ratio * (sorted.length - 1);
        int below = (int) rank;
        double f = rank - below;
        return f == 0 ? sorted[below] : sorted[below] + f * (sorted[below + 1] - sorted[below]);
    }
}
