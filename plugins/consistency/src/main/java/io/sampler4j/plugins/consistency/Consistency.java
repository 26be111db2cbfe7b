package io.sampler4j.plugins.consistency;

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
 * Multistep consistency sampling (Song et al. 2023, Algorithm 1), in VE coordinates: the network's answer is the end of the
 * trajectory at the grid's last level, epsilon, and each step but the last puts fresh noise on it: {@code x' = f(x, sigma)
 * + sqrt(sigma'^2 - epsilon^2) z}. One evaluation per step. Draws one normal in every step but the last.
 */
final class Consistency implements DiffusionSampler {
    static final Option<Double> NOISE =
            Option.decimal("noise", 1, 0, 2, "standard deviation of the noise put back (s_noise)");

    private final double noise;

    Consistency(Options o) {
        noise = o.get(NOISE);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        Distilled.check("consistency", D, grid, true, refuse);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x);
        Tensor z = x.like();
        double epsilon = grid.last().sigma();
        for (int i = 0; i < grid.steps(); i++) {
            double next = grid.sigma(i + 1);
            D.denoise(x, grid.at(i), e);
            x.set(e.x0());
            if (i + 1 < grid.steps()) {
                run.noise().normal(z);
                x.add(noise * Math.sqrt((next - epsilon) * (next + epsilon)), z);
            }
            run.step(i, x, e.x0());
        }
    }
}
