package io.sampler4j.plugins.schedules;

import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * A rule for levels between a highest and a lowest sigma/alpha, which are the model's own unless given. With {@code
 * end=zero} n levels and then the data; with {@code end=lowest} n + 1 levels, the last the lowest.
 */
abstract class Between implements NoiseScheduler {
    static final Option<Double> SIGMA_MIN =
            Option.decimal("sigma-min", 0, 0, 1e9, "the lowest sigma/alpha; 0 for the model's own");
    static final Option<Double> SIGMA_MAX =
            Option.decimal("sigma-max", 0, 0, 1e9, "the highest sigma/alpha; 0 for the model's own");

    private final String name, end;
    private final double min, max;

    Between(String name, Options o) {
        this.name = name;
        end = o.get(End.OPTION);
        min = o.get(SIGMA_MIN);
        max = o.get(SIGMA_MAX);
    }

    /** The level at a share in (0, 1) of the way from high to low. */
    abstract double level(double high, double low, double share);

    @Override
    public final NoiseGrid grid(NoiseProcess process, int steps) {
        double high = max > 0 ? max : process.highest(), low = min > 0 ? min : process.lowest();
        if (Double.isInfinite(high) || low <= 0) {
            throw Spacing.refused(
                    "%s needs finite ends, and this model knows sigma/alpha from %s to %s: set scheduler.sigma-min and"
                            + " scheduler.sigma-max, such as 0.002 and 80",
                    name, low, high);
        }
        if (low >= high) {
            throw Spacing.refused("%s: the lowest level %s is not below the highest, %s", name, low, high);
        }
        int last = end.equals("zero") ? steps - 1 : steps;
        double[] ratios = new double[steps + 1];
        ratios[0] = high;
        for (int i = 1; i < last; i++) ratios[i] = level(high, low, (double) i / last);
        if (last > 0) ratios[last] = low;
        return NoiseGrid.of(process.coordinates(), ratios);
    }
}
