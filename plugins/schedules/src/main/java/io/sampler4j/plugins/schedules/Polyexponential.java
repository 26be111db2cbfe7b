package io.sampler4j.plugins.schedules;

import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/** low (high / low)^((1 - share)^rho): even in ln sigma at rho = 1, which is {@code exponential} (k-diffusion). */
final class Polyexponential extends Between {
    static final Option<Double> RHO =
            Option.decimal("rho", 1, .1, 10, "1 is even in ln sigma; above, denser at low noise");

    private final double rho;

    private Polyexponential(String name, Options o, double rho) {
        super(name, o);
        this.rho = rho;
    }

    static Polyexponential exponential(Options o) {
        return new Polyexponential("exponential", o, 1);
    }

    static Polyexponential withRho(Options o) {
        return new Polyexponential("polyexponential", o, o.get(RHO));
    }

    @Override
    double[] levels(int n, double high, double low) {
        return byShare(n, high, low, share -> low * Math.pow(high / low, Math.pow(1 - share, rho)));
    }
}
