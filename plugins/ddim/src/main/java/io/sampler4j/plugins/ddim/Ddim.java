package io.sampler4j.plugins.ddim;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * DDIM (Song et al. 2021, equation 12, with the sigma of equation 16): from level t to level s
 *
 * <pre>x_s = alpha_s x0 + sqrt(sigma_s^2 - sd^2) eps + sd z,   sd = eta sigma_s sqrt(1 - (ratio_s / ratio_t)^2)</pre>
 *
 * in any coordinates. Order 1, one evaluation per step; eta = 1 is DDPM with the small variance. On a grid from data to
 * noise it is the inversion, which asks for eta = 0.
 *
 * <p>Draws one normal in every step whose next level has sigma &gt; 0, where eta &gt; 0; nothing at eta = 0.
 */
final class Ddim implements DiffusionSampler {
    static final Option<Double> ETA =
            Option.decimal("eta", 0, 0, 1, "share of the ancestral noise: 0 deterministic, 1 DDPM");

    private final double eta;

    Ddim(Options o) {
        eta = o.get(ETA);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        refuse.unless(eta == 0 || !grid.ascends(), "eta=%s draws noise: from data to noise only eta=0 runs", eta);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x);
        Tensor z = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            NoiseLevel t = grid.at(i), s = grid.at(i + 1);
            D.denoise(x, t, e);
            double r = s.ratio() / t.ratio();
            double sd = eta == 0 ? 0 : eta * s.sigma() * Math.sqrt((1 - r) * (1 + r));
            x.set(s.alpha(), e.x0(), Math.sqrt((s.sigma() - sd) * (s.sigma() + sd)), e.eps());
            if (sd > 0) {
                run.noise().normal(z);
                x.add(sd, z);
            }
            run.step(i, x, e.x0());
        }
    }
}
