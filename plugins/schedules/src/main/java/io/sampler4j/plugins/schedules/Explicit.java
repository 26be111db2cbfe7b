package io.sampler4j.plugins.schedules;

import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;

/**
 * The levels at which the network is asked, written out, noise first: as the model's own times, as sigma/alpha, or as
 * lambda = ln(alpha/sigma). The end follows, unless the list already ends at sigma = 0, so the published lists that do
 * and those that do not both mean what they say.
 */
final class Explicit implements NoiseScheduler {
    private static final double INF = Double.POSITIVE_INFINITY;
    static final Option<List<Double>> TIMESTEPS = Option.decimals(
            "timesteps", List.of(), 0, INF, "times of the model, falling: training indices, or t in [0, 1]");
    static final Option<List<Double>> SIGMAS =
            Option.decimals("sigmas", List.of(), 0, INF, "sigma/alpha of each level, falling");
    static final Option<List<Double>> LAMBDAS =
            Option.decimals("lambdas", List.of(), -INF, INF, "ln(alpha/sigma) of each level, rising");

    private final Option<List<Double>> unit;
    private final List<Double> list;
    private final String end;

    Explicit(Options o) {
        List<Option<List<Double>>> given = new ArrayList<>();
        for (Option<List<Double>> unit : List.of(TIMESTEPS, SIGMAS, LAMBDAS)) {
            if (!o.get(unit).isEmpty()) given.add(unit);
        }
        if (given.size() != 1) {
            throw new RefusedException("explicit takes exactly one of timesteps, sigmas and lambdas, got "
                    + (given.isEmpty() ? "none" : given));
        }
        unit = given.get(0);
        list = o.get(unit);
        end = o.get(End.OPTION);
    }

    @Override
    public OptionalInt fixedSteps(NoiseProcess process) {
        return OptionalInt.of(ratios(process).size() - 1);
    }

    @Override
    public NoiseGrid grid(NoiseProcess process, int steps) {
        List<Double> ratios = ratios(process);
        int made = ratios.size() - 1;
        if (steps != made) {
            throw Spacing.refused(
                    "explicit: the %d %s make %d steps, and %d were asked for: say steps=%d",
                    list.size(), unit, made, steps, made);
        }
        return NoiseGrid.of(
                process.coordinates(),
                ratios.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private List<Double> ratios(NoiseProcess process) {
        List<Double> ratios = new ArrayList<>();
        ToDoubleFunction<Double> ratio = ratioIn(process);
        for (double entry : list) ratios.add(ratio.applyAsDouble(entry));
        for (int i = 1; i < ratios.size(); i++) {
            if (ratios.get(i) < ratios.get(i - 1)) continue;
            throw Spacing.refused(
                    "explicit: %s %s is followed by %s, which has no less noise: the list goes from noise to data",
                    unit, Spacing.text(list.get(i - 1)), Spacing.text(list.get(i)));
        }
        double lowest = ratios.get(ratios.size() - 1);
        if (lowest > 0) {
            double last = End.ratio(end, process);
            if (last > lowest) {
                throw Spacing.refused(
                        "explicit: end=lowest is sigma/alpha = %s, above the last of the list (%s): use end=zero",
                        last, lowest);
            }
            ratios.add(last);
        }
        if (ratios.size() < 2)
            throw new RefusedException("explicit: one level at sigma = 0 makes no step: begin in noise");
        return ratios;
    }

    private ToDoubleFunction<Double> ratioIn(NoiseProcess process) {
        if (unit == SIGMAS) return sigma -> sigma;
        if (unit == LAMBDAS) return lambda -> Math.exp(-lambda);
        return time -> {
            try {
                return process.atTime(time).ratio();
            } catch (IllegalArgumentException e) {
                throw new RefusedException(
                        "explicit: timesteps holds " + Spacing.text(time) + ", which is no time of this model: "
                                + e.getMessage(),
                        e);
            }
        };
    }
}
