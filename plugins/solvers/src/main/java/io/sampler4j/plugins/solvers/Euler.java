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
 * Euler on dx/dsigma = eps (Karras et al. 2022, Algorithm 1 in VE coordinates), with {@link Churn}. Order 1, one
 * evaluation per step.
 */
final class Euler implements DiffusionSampler {
    private final Churn churn;

    Euler(Options o) {
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
        Estimate d = D.estimate(x);
        Tensor z = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            NoiseLevel t = churn.raise(D, grid, i, x, z, run.noise());
            D.denoise(x, t, d);
            x.add(grid.sigma(i + 1) - t.sigma(), d.eps());
            run.step(i, x, d.x0());
        }
    }
}
