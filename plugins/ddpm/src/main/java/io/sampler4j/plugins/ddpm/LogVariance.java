package io.sampler4j.plugins.ddpm;

/**
 * The logarithm of the variance of one element of a reverse step, from what the network says of it (v) and from the
 * logarithms of the smallest and the largest variance (Nichol and Dhariwal 2021, equation 15).
 */
interface LogVariance {
    double of(double v, double logSmall, double logLarge);

    /** By the name of a variance; those that the network did not learn ask nothing of v. */
    static LogVariance of(String kind) {
        return switch (kind) {
            case "large", "large-log" -> (v, lo, hi) -> hi;
            case "learned" -> (v, lo, hi) -> Math.log(v);
            case "learned-range" -> (v, lo, hi) -> (v + 1) / 2 * hi + (1 - v) / 2 * lo;
            default -> (v, lo, hi) -> lo;
        };
    }
}
