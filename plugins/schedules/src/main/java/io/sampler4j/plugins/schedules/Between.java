package io.sampler4j.plugins.schedules;

import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

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

    /** n levels from high to low, both included; high alone where n is 1. */
    abstract double[] levels(int n, double high, double low);

    /** Such levels, by the share in (0, 1) of the way. */
    static double[] byShare(int n, double high, double low, DoubleUnaryOperator level) {
        double[] ratios = new double[n];
        for (int i = 1; i < n - 1; i++) ratios[i] = level.applyAsDouble(i / (n - 1.0));
        ratios[n - 1] = low;
        ratios[0] = high;
        return ratios;
    }

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
        double[] ratios = levels(end.equals("zero") ? steps : steps + 1, high, low);
        return NoiseGrid.of(process.coordinates(), Arrays.copyOf(ratios, steps + 1));
    }
}
