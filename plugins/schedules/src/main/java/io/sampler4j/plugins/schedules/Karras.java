package io.sampler4j.plugins.schedules;

import io.sampler4j.api.diffusion.Spacings;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/** Evenly in sigma^(1/rho) (Karras et al. 2022, equation 5). */
final class Karras extends Between {
    static final Option<Double> RHO = Option.decimal("rho", 7, 1, 100, "the larger, the more steps at low noise");

    private final double rho;

    Karras(Options o) {
        super("karras", o);
        rho = o.get(RHO);
    }

    @Override
    double[] levels(int n, double high, double low) {
        return Spacings.karras(n, high, low, rho);
    }
}
