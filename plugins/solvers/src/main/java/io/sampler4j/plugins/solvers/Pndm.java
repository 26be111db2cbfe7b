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
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * PNDM (Liu et al. 2022, Algorithm 2): classical methods in the network's own time, behind a transfer that carries x from
 * one level to another exactly if eps is constant (equation 11), which in VE coordinates is {@code x + (sigma_s - sigma_t)
 * eps}. The first three steps are pseudo Runge-Kutta (equation 13, four evaluations each, two of them halfway in own time),
 * the rest pseudo linear multistep (equation 12, one each).
 *
 * <p>The multistep weights are Adams and Bashforth's for the steps as they are in own time: on even ones those of the
 * paper. A step to sigma = 0, which no own time belongs to, counts as long as the one before.
 *
 * <p>{@code skip-prk=true} (diffusers' skip_prk_steps, made for latent diffusion) begins instead with a step by the mean of
 * eps at both of its ends, two evaluations, and lets the order grow.
 */
final class Pndm implements DiffusionSampler {
    static final Option<Boolean> SKIP_PRK = Option.flag(
            "skip-prk", false, "begins with one step of two evaluations, in place of three of four (skip_prk_steps)");

    private static final int RUNGE_KUTTA_STEPS = 3;

    private final boolean skipPrk;

    Pndm(Options o) {
        skipPrk = o.get(SKIP_PRK);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE).atLeastSteps(skipPrk ? 1 : RUNGE_KUTTA_STEPS + 1);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Past past = new Past(D, x, 4);
        Estimate d2 = D.estimate(x), d3 = D.estimate(x);
        Tensor y = x.like();
        double h = 0;
        for (int i = 0; i < grid.steps(); i++) {
            NoiseLevel next = grid.at(i + 1);
            double t = grid.sigma(i), time = D.time(grid.at(i));
            if (next.sigma() > 0) h = D.time(next) - time;
            Estimate d1 = past.push(time);
            D.denoise(x, grid.at(i), d1);
            if (!skipPrk && i < RUNGE_KUTTA_STEPS) {
                NoiseLevel half = D.atTime(time + h / 2, grid.coordinates());
                y.set(1, x, half.sigma() - t, d1.eps());
                D.denoise(y, half, d2);
                y.set(1, x, half.sigma() - t, d2.eps());
                D.denoise(y, half, d3);
                d2.set(1, d2, 1, d3);
                y.set(1, x, next.sigma() - t, d3.eps());
                D.denoise(y, next, d3);
                double sixth = (next.sigma() - t) / 6;
                x.add(sixth, d1.eps(), 2 * sixth, d2.eps()).add(sixth, d3.eps());
            } else if (i == 0 && next.sigma() > 0) {
                y.set(1, x, next.sigma() - t, d1.eps());
                D.denoise(y, next, d2);
                x.add((next.sigma() - t) / 2, d1.eps(), (next.sigma() - t) / 2, d2.eps());
            } else if (next.sigma() != t) {
                past.step(x, next.sigma() - t, past.adams(past.size(), time, time + h));
            }
            run.step(i, x, d1.x0());
        }
    }
}
