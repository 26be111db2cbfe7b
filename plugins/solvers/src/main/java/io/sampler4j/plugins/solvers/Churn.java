package io.sampler4j.plugins.solvers;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * Noise raised from sigma to sigma + gamma sigma before a step (Karras et al. 2022, Algorithm 2, lines 4 to 6), with gamma =
 * min(churn / n, sqrt(2) - 1) within an interval of sigma. Draws one normal where gamma &gt; 0 and none elsewhere, as
 * diffusers and k-diffusion do.
 */
final class Churn {
    static final Option<Double> CHURN =
            Option.decimal("churn", 0, 0, 1e6, "S_churn: noise added and removed again, over the whole run");
    static final Option<Double> MIN = Option.decimal("churn-min", 0, 0, 1e9, "S_tmin: no churn at a sigma below");
    static final Option<Double> MAX = Option.decimal("churn-max", 1e9, 0, 1e9, "S_tmax: no churn at a sigma above");
    static final Option<Double> NOISE =
            Option.decimal("churn-noise", 1, 0, 2, "S_noise: standard deviation of the added noise");

    private final double churn, min, max, noise;

    Churn(Options o) {
        churn = o.get(CHURN);
        min = o.get(MIN);
        max = o.get(MAX);
        noise = o.get(NOISE);
    }

    void check(NoiseGrid grid, Refusals refuse) {
        refuse.unless(
                churn == 0 || !grid.ascends(), "churn=%s draws noise: from data to noise only churn=0 runs", churn);
    }

    /** Raises x, which is at step i of a grid in VE coordinates; z is overwritten. The level it then has. */
    NoiseLevel raise(Denoiser D, NoiseGrid grid, int i, Tensor x, Tensor z, Noise source) {
        NoiseLevel t = grid.at(i);
        double gamma = t.sigma() < min || t.sigma() > max ? 0 : Math.min(churn / grid.steps(), Math.sqrt(2) - 1);
        if (gamma == 0) return t;
        NoiseLevel hat = D.nearest(grid.level(t.ratio() * (1 + gamma)), grid.coordinates());
        if (hat.ratio() <= t.ratio()) return t;
        source.normal(z);
        x.add(noise * Math.sqrt((hat.sigma() - t.sigma()) * (hat.sigma() + t.sigma())), z);
        return hat;
    }
}
