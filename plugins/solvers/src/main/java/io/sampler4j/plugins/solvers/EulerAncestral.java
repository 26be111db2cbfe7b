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
import io.sampler4j.api.plugin.Options;

/** Euler's step, {@link Ancestral}. Order 1, one evaluation per step. */
final class EulerAncestral implements DiffusionSampler {
    private final Ancestral ancestral;

    EulerAncestral(Options o) {
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
        Estimate d = D.estimate(x);
        Tensor z = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            D.denoise(x, grid.at(i), d);
            x.add(ancestral.down(grid, i) - grid.sigma(i), d.eps());
            ancestral.renoise(grid, i, x, z, run);
            run.step(i, x, d.x0());
        }
    }
}
