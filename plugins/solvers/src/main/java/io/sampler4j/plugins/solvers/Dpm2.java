package io.sampler4j.plugins.solvers;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;

/**
 * The midpoint rule on dx/dsigma = eps with the midpoint in ln sigma (Lu et al. 2022a, DPM-Solver-2 with r = 1/2, as
 * Karras et al.'s code carries it to VE coordinates), and Euler's step to sigma = 0. Order 2, two evaluations per step.
 */
final class Dpm2 implements DiffusionSampler {
    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate d = D.estimate(x), dMid = D.estimate(x);
        Tensor xMid = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            double t = grid.sigma(i), next = grid.sigma(i + 1);
            D.denoise(x, grid.at(i), d);
            if (next == 0 || t == 0) {
                x.add(next - t, d.eps());
            } else {
                NoiseLevel mid = grid.level(Math.sqrt(t * next));
                xMid.set(1, x, mid.sigma() - t, d.eps());
                D.denoise(xMid, mid, dMid);
                x.add(next - t, dMid.eps());
            }
            run.step(i, x, d.x0());
        }
    }
}
