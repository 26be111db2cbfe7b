package io.sampler4j.plugins.consistency;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;

/**
 * Multistep sampling of latent consistency models (Luo et al. 2023, Algorithm 3): the network's answer x0 is the end of
 * the trajectory through x, and each step puts fresh noise on it: {@code x' = alpha' x0 + sigma' z}. The boundary
 * scaling of the network (c_skip, c_out) is the model's. In any coordinates; one evaluation per step. Draws one normal
 * in every step but one to the data.
 */
final class Lcm implements DiffusionSampler {
    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        Distilled.check("lcm", D, grid, true, refuse);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x);
        Tensor z = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            D.denoise(x, grid.at(i), e);
            x.set(grid.alpha(i + 1), e.x0());
            if (grid.sigma(i + 1) > 0) {
                run.noise().normal(z);
                x.add(grid.sigma(i + 1), z);
            }
            run.step(i, x, e.x0());
        }
    }
}
