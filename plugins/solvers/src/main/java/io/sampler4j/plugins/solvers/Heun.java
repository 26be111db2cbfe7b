package io.sampler4j.plugins.solvers;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseGrid;

/**
 * The trapezoid rule on dx/dsigma = eps (Karras et al. 2022, Algorithm 1 in VE coordinates), and Euler's step to sigma =
 * 0. Order 2, two evaluations per step.
 */
final class Heun implements DiffusionSampler {
    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate d = D.estimate(x), dNext = D.estimate(x);
        Tensor xNext = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            double h = grid.sigma(i + 1) - grid.sigma(i);
            D.denoise(x, grid.at(i), d);
            if (grid.sigma(i + 1) == 0) {
                x.add(h, d.eps());
            } else {
                xNext.set(1, x, h, d.eps());
                D.denoise(xNext, grid.at(i + 1), dNext);
                x.add(h / 2, d.eps(), h / 2, dNext.eps());
            }
            run.step(i, x, d.x0());
        }
    }
}
