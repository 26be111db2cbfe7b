package io.sampler4j.api.testing;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseGrid;
import org.apiguardian.api.API;

/** The smallest samplers of each shape, to prove the API by: one per kind of coordinates, two evaluations, history. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class ReferenceSamplers {
    private ReferenceSamplers() {}

    /** dx/dsigma = eps, in VE coordinates (Karras et al. 2022). Order 1. */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    public static final class Euler implements DiffusionSampler {
        @Override
        public Needs needs() {
            return Needs.NONE.in(Coordinates.VE);
        }

        @Override
        public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
            Estimate e = D.estimate(x);
            for (int i = 0; i < grid.steps(); i++) {
                D.denoise(x, grid.at(i), e);
                x.add(grid.sigma(i + 1) - grid.sigma(i), e.eps());
                run.step(i, x, e.x0());
            }
        }
    }

    /** dx/dt = eps - x0, in flow coordinates (Liu et al. 2023). Order 1. */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    public static final class FlowEuler implements DiffusionSampler {
        @Override
        public Needs needs() {
            return Needs.NONE.in(Coordinates.FLOW);
        }

        @Override
        public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
            Estimate e = D.estimate(x);
            for (int i = 0; i < grid.steps(); i++) {
                D.denoise(x, grid.at(i), e);
                double dt = grid.sigma(i + 1) - grid.sigma(i);
                x.add(dt, e.eps(), -dt, e.x0());
                run.step(i, x, e.x0());
            }
        }
    }

    /** The trapezoid on eps, in VE coordinates (Karras et al. 2022, algorithm 1). Order 2, two evaluations. */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    public static final class Heun implements DiffusionSampler {
        @Override
        public Needs needs() {
            return Needs.NONE.in(Coordinates.VE);
        }

        @Override
        public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
            Estimate e = D.estimate(x), e2 = D.estimate(x);
            Tensor x2 = x.like();
            for (int i = 0; i < grid.steps(); i++) {
                D.denoise(x, grid.at(i), e);
                double h = grid.sigma(i + 1) - grid.sigma(i);
                x2.set(1, x, h, e.eps());
                D.denoise(x2, grid.at(i + 1), e2);
                x.add(h / 2, e.eps(), h / 2, e2.eps());
                run.step(i, x, e.x0());
            }
        }
    }

    /** DPM-Solver++(2M), in the model's own coordinates (Lu et al. 2022b, algorithm 2). Order 2, history. */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    public static final class DpmSolver2M implements DiffusionSampler {
        @Override
        public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
            Estimate e = D.estimate(x), old = D.estimate(x);
            double hOld = 0;
            for (int i = 0; i < grid.steps(); i++) {
                D.denoise(x, grid.at(i), e);
                double h = grid.lambda(i + 1) - grid.lambda(i);
                double q = i == 0 || grid.sigma(i + 1) == 0 ? 0 : h / hOld / 2;
                double b = -grid.alpha(i + 1) * Math.expm1(-h);
                x.set(grid.sigma(i + 1) / grid.sigma(i), x, b * (1 + q), e.x0(), -b * q, old.x0());
                run.step(i, x, e.x0());
                Estimate t = old;
                old = e;
                e = t;
                hOld = h;
            }
        }
    }
}
