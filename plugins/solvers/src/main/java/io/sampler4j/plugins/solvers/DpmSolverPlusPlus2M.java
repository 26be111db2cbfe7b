package io.sampler4j.plugins.solvers;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;

/**
 * DPM-Solver++(2M) (Lu et al. 2022b, Algorithm 2), in any coordinates:
 *
 * <pre>x_s = sigma_s / sigma_t x - alpha_s (e^-h - 1) ((1 + 1/2r) x0 - 1/2r x0_old),   h = lambda_s - lambda_t, r = h_old / h</pre>
 *
 * <p>The first step, and the one to sigma = 0, are of order 1. From alpha = 0 the first is exact. Order 2, one
 * evaluation per step.
 */
final class DpmSolverPlusPlus2M implements DiffusionSampler {
    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        refuse.unless(
                grid.first().sigma() > 0,
                "dpmpp-2m divides by sigma and cannot start at sigma = 0: from data to noise take ddim or heun");
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x), old = D.estimate(x);
        double hOld = 0;
        for (int i = 0; i < grid.steps(); i++) {
            D.denoise(x, grid.at(i), e);
            double h = grid.lambda(i + 1) - grid.lambda(i);
            double q = hOld == 0 || grid.sigma(i + 1) == 0 ? 0 : h / hOld / 2; // 1 / 2r
            double b = -grid.alpha(i + 1) * Math.expm1(-h);
            x.set(grid.sigma(i + 1) / grid.sigma(i), x, b * (1 + q), e.x0(), -b * q, old.x0());
            run.step(i, x, e.x0());
            Estimate swapped = old;
            old = e;
            e = swapped;
            hOld = h;
        }
    }
}
