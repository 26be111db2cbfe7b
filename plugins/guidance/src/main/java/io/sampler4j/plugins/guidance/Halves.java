package io.sampler4j.plugins.guidance;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.ConditionalDenoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.List;

/**
 * What every guidance here has in common: two answers about one x, a scale w, and an interval of noise levels (lo, hi]
 * in sigma/alpha (Kynkaanniemi et al. 2024, equation 6). At w = 1, and outside the interval, the first answer alone is
 * asked for. Immutable; what one run changes is in the estimator.
 */
final class Halves {
    static final Option<Double> SCALE = Option.decimal(
            "scale", 1, 0, 1000, "w; 1 is off, 0 the second answer alone (the unconditional or weaker one)");
    static final Option<List<Double>> INTERVAL = Option.decimals(
            "interval",
            List.of(),
            0,
            Double.POSITIVE_INFINITY,
            "lo,hi in sigma/alpha, between which guidance acts; empty: everywhere");

    /** Puts the guided estimate of x into {@code e}. */
    @FunctionalInterface
    interface Combination {
        void guide(Tensor x, NoiseLevel at, Estimate first, Estimate second, Estimate e);
    }

    private final double w;
    private final double lo;
    private final double hi;

    Halves(Options o) {
        w = o.get(SCALE);
        List<Double> interval = o.get(INTERVAL);
        if (!interval.isEmpty() && (interval.size() != 2 || interval.get(0) >= interval.get(1))) {
            throw new RefusedException(
                    "interval=" + INTERVAL.print(interval) + ": must be empty, or lo,hi with lo below hi");
        }
        lo = interval.isEmpty() ? -1 : interval.get(0);
        hi = interval.isEmpty() ? Double.POSITIVE_INFINITY : interval.get(1);
    }

    double w() {
        return w;
    }

    /** One network under two conditions, both in one call. */
    Estimator of(ConditionalDenoiser network, Condition wanted, Condition nothing, Tensor like, Combination how) {
        Estimate c = network.estimate(like), u = network.estimate(like);
        List<Condition> both = List.of(wanted, nothing);
        List<Estimate> answers = List.of(c, u);
        return limited(network, wanted, (x, at, e) -> {
            network.denoise(x, at, both, answers);
            how.guide(x, at, c, u, e);
        });
    }

    /** Two networks under one condition. */
    Estimator of(
            ConditionalDenoiser network, ConditionalDenoiser other, Condition wanted, Tensor like, Combination how) {
        Estimate c = network.estimate(like), u = other.estimate(like);
        List<Condition> one = List.of(wanted);
        List<Estimate> first = List.of(c), second = List.of(u);
        return limited(network, wanted, (x, at, e) -> {
            network.denoise(x, at, one, first);
            other.denoise(x, at, one, second);
            how.guide(x, at, c, u, e);
        });
    }

    private Estimator limited(ConditionalDenoiser network, Condition wanted, Estimator guided) {
        List<Condition> one = List.of(wanted);
        Estimator alone = (x, at, e) -> network.denoise(x, at, one, List.of(e));
        return w == 1 ? alone : (x, at, e) -> (acts(at) ? guided : alone).denoise(x, at, e);
    }

    private boolean acts(NoiseLevel at) {
        return at.ratio() > lo && at.ratio() <= hi;
    }
}
