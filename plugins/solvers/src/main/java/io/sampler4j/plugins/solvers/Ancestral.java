package io.sampler4j.plugins.solvers;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * A step that ends below the next level, and noise up to it (Katherine Crowson's k-diffusion; at eta = 1 the variance is
 * DDPM's posterior, Ho et al. 2020, equation 7):
 *
 * <pre>up = eta sigma_s sqrt(1 - (sigma_s / sigma_t)^2),   down = sqrt(sigma_s^2 - up^2)</pre>
 *
 * <p>Draws one normal in every step with up &gt; 0.
 */
final class Ancestral {
    static final Option<Double> ETA =
            Option.decimal("eta", 1, 0, 1, "share of the ancestral noise: 0 is none, 1 the whole");
    static final Option<Double> NOISE =
            Option.decimal("noise", 1, 0, 2, "standard deviation of the noise put back (s_noise)");

    private final double eta, noise;

    Ancestral(Options o) {
        eta = o.get(ETA);
        noise = o.get(NOISE);
    }

    void check(NoiseGrid grid, Refusals refuse) {
        refuse.unless(eta == 0 || !grid.ascends(), "eta=%s draws noise: from data to noise only eta=0 runs", eta);
    }

    /** sigma of the noise put back in step i. */
    double up(NoiseGrid grid, int i) {
        double next = grid.sigma(i + 1), r = next / grid.sigma(i);
        return eta == 0 ? 0 : Math.min(next, eta * next * Math.sqrt((1 - r) * (1 + r)));
    }

    /** sigma at which the deterministic part of step i ends. */
    double down(NoiseGrid grid, int i) {
        double next = grid.sigma(i + 1), up = up(grid, i);
        return Math.sqrt((next - up) * (next + up));
    }

    /** Puts step i's noise on x; z is overwritten. */
    void renoise(NoiseGrid grid, int i, Tensor x, Tensor z, TensorRun run) {
        double up = up(grid, i);
        if (up == 0) return;
        run.noise().normal(z);
        x.add(noise * up, z);
    }
}
