package io.sampler4j.plugins.edm;

import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * sigma_i = (max^(1/rho) + i/(n - 1) (min^(1/rho) - max^(1/rho)))^rho, then 0 (Karras et al. 2022, equation 5), between
 * the paper's ends or, where the model knows less, the model's.
 */
final class EdmSchedule implements NoiseScheduler {
    static final Option<Double> SIGMA_MIN =
            Option.decimal("sigma-min", .002, 1e-9, 1e9, "the lowest level, but not below what the model knows");
    static final Option<Double> SIGMA_MAX =
            Option.decimal("sigma-max", 80, 1e-9, 1e9, "the highest level, but not above what the model knows");
    static final Option<Double> RHO = Option.decimal("rho", 7, 1, 100, "the larger, the more steps at low noise");

    private final double min, max, rho;

    EdmSchedule(Options o) {
        min = o.get(SIGMA_MIN);
        max = o.get(SIGMA_MAX);
        rho = o.get(RHO);
    }

    @Override
    public NoiseGrid grid(NoiseProcess process, int steps) {
        double low = Math.max(min, process.lowest()), high = Math.min(max, process.highest());
        if (low >= high) {
            throw new RefusedException("edm: the lowest level " + low + " is not below the highest, " + high
                    + ": lower sigma-min or raise sigma-max; the model knows " + process.lowest() + " to "
                    + process.highest());
        }
        double a = Math.pow(high, 1 / rho), b = Math.pow(low, 1 / rho);
        double[] ratios = new double[steps + 1];
        ratios[0] = high;
        for (int i = 1; i < steps; i++) ratios[i] = Math.pow(a + i / (steps - 1.0) * (b - a), rho);
        return NoiseGrid.of(process.coordinates(), ratios);
    }
}
