package io.sampler4j.plugins.solvers;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseGrid;

/** Euler on dx/dsigma = eps (Karras et al. 2022, Algorithm 1 in VE coordinates). Order 1, one evaluation per step. */
final class Euler implements DiffusionSampler {
    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate d = D.estimate(x);
        for (int i = 0; i < grid.steps(); i++) {
            D.denoise(x, grid.at(i), d);
            x.add(grid.sigma(i + 1) - grid.sigma(i), d.eps());
            run.step(i, x, d.x0());
        }
    }
}
