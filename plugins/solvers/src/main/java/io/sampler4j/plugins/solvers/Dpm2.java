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
 * The midpoint rule on dx/dsigma = eps with the midpoint in ln sigma (Lu et al. 2022a, DPM-Solver-2 with r = 1/2, as
 * Karras et al.'s code carries it to VE coordinates), and Euler's step to sigma = 0, with {@link Churn}. Order 2, two
 * evaluations per step.
 */
final class Dpm2 implements DiffusionSampler {
    private final Churn churn;

    Dpm2(Options o) {
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
        Estimate d = D.estimate(x), dMid = D.estimate(x);
        Tensor xMid = x.like(), z = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            NoiseLevel t = churn.raise(D, grid, i, x, z, run.noise());
            double next = grid.sigma(i + 1);
            D.denoise(x, t, d);
            if (next == 0 || t.sigma() == 0) {
                x.add(next - t.sigma(), d.eps());
            } else {
                NoiseLevel mid = grid.level(Math.sqrt(t.sigma() * next));
                xMid.set(1, x, mid.sigma() - t.sigma(), d.eps());
                D.denoise(xMid, mid, dMid);
                x.add(next - t.sigma(), dMid.eps());
            }
            run.step(i, x, d.x0());
        }
    }
}
