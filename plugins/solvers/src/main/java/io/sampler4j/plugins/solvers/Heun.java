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
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.plugin.Options;

/**
 * The trapezoid rule on dx/dsigma = eps (Karras et al. 2022, Algorithm 1 in VE coordinates), and Euler's step to sigma =
 * 0, with {@link Churn}. Order 2, two evaluations per step.
 */
final class Heun implements DiffusionSampler {
    private final Churn churn;

    Heun(Options o) {
        churn = new Churn(o);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        churn.check(grid, refuse);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate d = D.estimate(x), dNext = D.estimate(x);
        Tensor xNext = x.like(), z = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            NoiseLevel t = churn.raise(D, grid, i, x, z, run.noise());
            double h = grid.sigma(i + 1) - t.sigma();
            D.denoise(x, t, d);
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
