package io.sampler4j.plugins.ddpm;

/** The standard normal distribution in logarithms, which do not underflow in its tails. */
final class Normal {
    /** Below, the continued fraction converges fast; above, the series loses no digits. */
    private static final double TAIL = -2.5;

    private static final int TERMS = 120;
    private static final double ROOT_2_PI = Math.sqrt(2 * Math.PI);

    private Normal() {}

    /** ln P(a < Z < b), for a below b; either may be infinite. */
    static double logBetween(double a, double b) {
        // In the lower tail both probabilities are small numbers, whose difference keeps its digits.
        if (a > 0) return logBetween(-b, -a);
        double upper = logCdf(b);
        return a == Double.NEGATIVE_INFINITY ? upper : upper + Math.log1p(-Math.exp(logCdf(a) - upper));
    }

    /** ln P(Z < x). */
    static double logCdf(double x) {
        if (x > 0) return Math.log1p(-Math.exp(logCdf(-x)));
        if (x == Double.NEGATIVE_INFINITY) return x;
        double density = Math.exp(-x * x / 2) / ROOT_2_PI;
        if (x > TAIL) {
            // Abramowitz and Stegun 26.2.11
            double term = x, sum = x;
            for (int n = 1; n < TERMS; n++) sum += term *= x * x / (2 * n + 1);
            return Math.log(.5 + density * sum);
        }
        // Abramowitz and Stegun 26.2.14
        double fraction = 0;
        for (int n = TERMS; n > 0; n--) fraction = n / (fraction - x);
        return -x * x / 2 - Math.log(ROOT_2_PI) - Math.log(fraction - x);
    }
}
