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
 * {@link Dpm2}'s step, {@link Ancestral} (k-diffusion): the midpoint in ln sigma lies between the level and that below the
 * next. Order 2 without noise, two evaluations per step, one in the step to sigma = 0.
 */
final class Dpm2Ancestral implements DiffusionSampler {
    private final Ancestral ancestral;

    Dpm2Ancestral(Options o) {
        ancestral = new Ancestral(o);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        ancestral.check(grid, refuse);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate d = D.estimate(x), dMid = D.estimate(x);
        Tensor xMid = x.like(), z = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            double t = grid.sigma(i), down = ancestral.down(grid, i);
            D.denoise(x, grid.at(i), d);
            if (down == 0 || t == 0) {
                x.add(down - t, d.eps());
            } else {
                NoiseLevel mid = grid.level(Math.sqrt(t * down));
                xMid.set(1, x, mid.sigma() - t, d.eps());
                D.denoise(xMid, mid, dMid);
                x.add(down - t, dMid.eps());
            }
            ancestral.renoise(grid, i, x, z, run);
            run.step(i, x, d.x0());
        }
    }
}
