package io.sampler4j.plugins.guidance;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.ConditionalDenoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.List;

/**
 * Classifier-free guidance: w c + (1 - w) u of the conditional estimate c and the unconditional u, in x0 and in eps
 * (Ho and Salimans 2022, equation 6, whose weight is our w - 1). Both come from one call. At w = 1, and outside
 * the interval lo &lt; sigma/alpha &lt;= hi (Kynkaanniemi et al. 2024, equation 6), c alone is asked for.
 *
 * <p>A learned variance is not guided: it is c's, as in guided-diffusion. Draws nothing.
 */
final class ClassifierFree implements Guidance {
    static final Option<Double> SCALE = Option.decimal("scale", 1, 0, 1000, "w; 1 is off, 0 the unconditional model");
    static final Option<List<Double>> INTERVAL = Option.decimals(
            "interval",
            List.of(),
            0,
            Double.POSITIVE_INFINITY,
            "lo,hi in sigma/alpha, between which guidance acts; empty: everywhere");

    private final double w;
    private final double lo;
    private final double hi;

    ClassifierFree(Options o) {
        w = o.get(SCALE);
        List<Double> interval = o.get(INTERVAL);
        if (!interval.isEmpty() && (interval.size() != 2 || interval.get(0) >= interval.get(1))) {
            throw new RefusedException(
                    "interval=" + INTERVAL.print(interval) + ": must be empty, or lo,hi with lo below hi");
        }
        lo = interval.isEmpty() ? -1 : interval.get(0);
        hi = interval.isEmpty() ? Double.POSITIVE_INFINITY : interval.get(1);
    }

    @Override
    public Estimator guide(Networks networks, Condition wanted, Condition nothing, Tensor like) {
        ConditionalDenoiser network = networks.main();
        List<Condition> one = List.of(wanted), both = List.of(wanted, nothing);
        if (w == 1) return (x, at, e) -> network.denoise(x, at, one, List.of(e));
        Estimate c = network.estimate(like), u = network.estimate(like);
        List<Estimate> halves = List.of(c, u);
        return (x, at, e) -> {
            if (acts(at)) {
                network.denoise(x, at, both, halves);
                e.set(w, c, 1 - w, u);
            } else {
                network.denoise(x, at, one, List.of(e));
            }
        };
    }

    private boolean acts(NoiseLevel at) {
        return at.ratio() > lo && at.ratio() <= hi;
    }
}
