package io.sampler4j.plugins.solvers;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * Euler to a level below the next, then noise up to it (Katherine Crowson's k-diffusion; at eta = 1 the variance is
 * DDPM's posterior, Ho et al. 2020, equation 7):
 *
 * <pre>up = eta sigma_s sqrt(1 - (sigma_s / sigma_t)^2),   down = sqrt(sigma_s^2 - up^2)</pre>
 *
 * <p>Order 1, one evaluation per step. Draws one normal in every step with up &gt; 0.
 */
final class EulerAncestral implements DiffusionSampler {
    static final Option<Double> ETA =
            Option.decimal("eta", 1, 0, 1, "share of the ancestral noise: 0 is Euler, 1 the whole");

    private final double eta;

    EulerAncestral(Options o) {
        eta = o.get(ETA);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        refuse.unless(eta == 0 || !grid.ascends(), "eta=%s draws noise: from data to noise only eta=0 runs", eta);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate d = D.estimate(x);
        Tensor z = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            double t = grid.sigma(i), next = grid.sigma(i + 1), r = next / t;
            double up = eta == 0 ? 0 : eta * next * Math.sqrt((1 - r) * (1 + r));
            double down = Math.sqrt((next - up) * (next + up));
            D.denoise(x, grid.at(i), d);
            x.add(down - t, d.eps());
            if (up > 0) {
                run.noise().normal(z);
                x.add(up, z);
            }
            run.step(i, x, d.x0());
        }
    }
}
