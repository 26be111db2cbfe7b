package io.sampler4j.plugins.consistency;

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
 * Strategic stochastic sampling of trajectory consistency models (Zheng et al. 2024, Algorithm 4): to a level s below the
 * next along the trajectory, by the network's x0 and eps, then noise up to the next. s is where the network's own time is
 * (1 - gamma) of the next level's:
 *
 * <pre>x_s = alpha_s x0 + sigma_s eps;   x' = alpha' / alpha_s x_s + alpha' sqrt(r'^2 - r_s^2) z,   r = sigma/alpha</pre>
 *
 * <p>At gamma = 0 it is DDIM without noise, at gamma = 1 it is {@code lcm}. In any coordinates; one evaluation per step.
 * Draws one normal in every step with gamma &gt; 0 that does not end at the data or at the grid's end.
 */
final class Tcd implements DiffusionSampler {
    static final Option<Double> GAMMA =
            Option.decimal("gamma", .3, 0, 1, "how stochastic: 0 follows the trajectory, 1 starts anew from its end");

    private final double gamma;

    Tcd(Options o) {
        gamma = o.get(GAMMA);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        Distilled.check("tcd", D, grid, gamma > 0, refuse);
        double low = D.time(grid.level(D.lowest())), high = Math.max(D.time(grid.first()), D.time(grid.last()));
        refuse.unless(
                gamma == 0 || gamma == 1 || low >= 0 && low < high,
                "tcd takes shares of the network's own time, which must grow from 0 at the data, and this network is told "
                        + "%.4g at the data and %.4g at the noise: take gamma=0 or gamma=1",
                low,
                high);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x);
        Tensor z = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            NoiseLevel next = grid.at(i + 1), s = next;
            boolean last = i + 1 == grid.steps();
            if (gamma > 0 && !last) {
                s = gamma == 1 ? grid.level(0) : D.atTime((1 - gamma) * D.time(next), grid.coordinates());
            }
            D.denoise(x, grid.at(i), e);
            double back = s.alpha() == 0 ? 1 : next.alpha() / s.alpha();
            x.set(back * s.alpha(), e.x0(), back * s.sigma(), e.eps());
            double up = next.alpha() * Math.sqrt((next.ratio() - s.ratio()) * (next.ratio() + s.ratio()));
            if (up > 0) {
                run.noise().normal(z);
                x.add(up, z);
            }
            run.step(i, x, e.x0());
        }
    }
}
