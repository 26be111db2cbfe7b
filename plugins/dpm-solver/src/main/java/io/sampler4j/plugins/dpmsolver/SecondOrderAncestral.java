package io.sampler4j.plugins.dpmsolver;

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
 * DPM-Solver++(2S) to a level below the next, then noise up to it (Katherine Crowson's k-diffusion): with {@code up =
 * eta sigma_s sqrt(1 - (sigma_s / sigma_t)^2)}, the step ends at {@code sqrt(sigma_s^2 - up^2)}. Two evaluations per
 * step, one where that level is the data. Order 2 without noise. Draws one normal in every step with up &gt; 0.
 */
final class SecondOrderAncestral implements DiffusionSampler {
    private final Ancestral ancestral;

    SecondOrderAncestral(Options o) {
        ancestral = new Ancestral(o);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        ancestral.check("dpmpp-2s-ancestral", grid, refuse);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x), mid = D.estimate(x);
        Tensor y = x.like(), z = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            double up = ancestral.up(grid.at(i).ratio(), grid.at(i + 1).ratio());
            NoiseLevel t = grid.at(i),
                    down = grid.level(Ancestral.down(grid.at(i + 1).ratio(), up));
            D.denoise(x, t, e);
            DataStep step = new DataStep(t, down, 0);
            if (step.isFinite()) {
                NoiseLevel s = grid.level(Math.sqrt(t.ratio() * down.ratio()));
                DataStep half = new DataStep(t, s, 0);
                y.set(half.keep, x, half.weights(new double[1], DataStep.Slope.MIDPOINT)[0], e.x0());
                D.denoise(y, s, mid);
            } else {
                mid.x0().set(e.x0());
            }
            // The midpoint rule: x0 halfway stands for the whole step.
            x.set(step.keep, x, step.weights(new double[1], DataStep.Slope.MIDPOINT)[0], mid.x0());
            if (up > 0) {
                run.noise().normal(z);
                x.add(ancestral.noise * up, z);
            }
            run.step(i, x, mid.x0());
        }
    }
}
