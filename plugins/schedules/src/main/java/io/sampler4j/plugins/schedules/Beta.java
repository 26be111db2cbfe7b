package io.sampler4j.plugins.schedules;

import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * low + (high - low) Q(1 - share), where Q is the quantile function of the Beta(alpha, beta) distribution: dense at both
 * ends for 0.6 and 0.6 (Lee et al. 2024).
 */
final class Beta extends Between {
    static final Option<Double> ALPHA = Option.decimal("alpha", .6, .05, 100, "the smaller, the denser at low noise");
    static final Option<Double> BETA = Option.decimal("beta", .6, .05, 100, "the smaller, the denser at high noise");

    private final double alpha, beta;

    Beta(Options o) {
        super("beta", o);
        alpha = o.get(ALPHA);
        beta = o.get(BETA);
    }

    @Override
    double[] levels(int n, double high, double low) {
        return byShare(n, high, low, share -> low + (high - low) * quantile(1 - share, alpha, beta));
    }

    /** x such that I_x(a, b) = p, by bisection: I rises with x. */
    static double quantile(double p, double a, double b) {
        double low = 0, high = 1;
        double all = incomplete(1, a, b);
        for (int i = 0; i < 200; i++) {
            double x = (low + high) / 2;
            if (incomplete(x, a, b) < p * all) low = x;
            else high = x;
        }
        return (low + high) / 2;
    }

    /** The integral of t^(a - 1) (1 - t)^(b - 1) from 0 to x, by the continued fraction on the side where it converges fast. */
    private static double incomplete(double x, double a, double b) {
        double turn = (a + 1) / (a + b + 2);
        if (x <= turn) return fraction(x, a, b);
        return fraction(turn, a, b) + fraction(1 - turn, b, a) - fraction(1 - x, b, a);
    }

    /** x^a (1 - x)^b / a times the continued fraction of NIST DLMF 8.17.22, from its tail. */
    private static double fraction(double x, double a, double b) {
        double tail = 1;
        for (int m = 100; m > 0; m--) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            int k = m - 1;
            double odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1));
            tail = 1 + odd / (1 + even / tail);
        }
        return Math.pow(x, a) * Math.pow(1 - x, b) / a / tail;
    }
}
