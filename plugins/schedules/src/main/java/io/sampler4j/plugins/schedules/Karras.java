package io.sampler4j.plugins.schedules;

import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/** (high^(1/rho) + share (low^(1/rho) - high^(1/rho)))^rho (Karras et al. 2022, equation 5). */
final class Karras extends Between {
    static final Option<Double> RHO = Option.decimal("rho", 7, 1, 100, "the larger, the more steps at low noise");

    private final double rho;

    Karras(Options o) {
        super("karras", o);
        rho = o.get(RHO);
    }

    @Override
    double level(double high, double low, double share) {
        double a = Math.pow(high, 1 / rho), b = Math.pow(low, 1 / rho);
        return Math.pow(a + share * (b - a), rho);
    }
}
