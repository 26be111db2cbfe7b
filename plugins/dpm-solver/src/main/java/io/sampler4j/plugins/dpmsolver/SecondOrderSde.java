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
 * DPM-Solver++ for the SDE, single step (k-diffusion's sample_dpmpp_sde, r = 1/2): an ancestral step halfway in lambda,
 * and from the start again an ancestral step all the way with the x0 found there. Two evaluations per step, one in the
 * step to the data.
 *
 * <p>Both steps see one Brownian path in sigma, as the reference's Brownian tree gives it: the half step its increment
 * over [s, t], the whole step that and the one over [next, s]. So each step draws two normals, none at eta = 0 and none in
 * the step to the data.
 */
final class SecondOrderSde implements DiffusionSampler {
    private final Ancestral ancestral;

    SecondOrderSde(Options o) {
        ancestral = new Ancestral(o);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        ancestral.check("dpmpp-sde", grid, refuse);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x), half = D.estimate(x);
        Tensor y = x.like(), z1 = x.like(), z2 = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            NoiseLevel t = grid.at(i), next = grid.at(i + 1);
            D.denoise(x, t, e);
            if (next.sigma() == 0) {
                x.set(e.x0());
                run.step(i, x, e.x0());
                continue;
            }
            NoiseLevel s = grid.level(Math.sqrt(t.ratio() * next.ratio()));
            if (ancestral.draws()) {
                run.noise().normal(z1);
                run.noise().normal(z2);
            }
            step(y, x, t, s, e.x0(), 1, z1, 0, z2, grid);
            D.denoise(y, s, half);
            double share = (t.sigma() - s.sigma()) / (t.sigma() - next.sigma());
            step(x, x, t, next, half.x0(), Math.sqrt(share), z1, Math.sqrt(1 - share), z2, grid);
            run.step(i, x, half.x0());
        }
    }

    /** An ancestral step with a constant x0, whose noise is a z1 + b z2. */
    private void step(
            Tensor y,
            Tensor x,
            NoiseLevel t,
            NoiseLevel to,
            Tensor x0,
            double a,
            Tensor z1,
            double b,
            Tensor z2,
            NoiseGrid g) {
        double up = ancestral.up(t.ratio(), to.ratio());
        DataStep step = new DataStep(t, g.level(Ancestral.down(to.ratio(), up)), 0);
        y.set(step.keep, x, step.weights(new double[1], DataStep.Slope.EXACT)[0], x0);
        if (up > 0) y.add(ancestral.noise * up * a, z1, ancestral.noise * up * b, z2);
    }
}
