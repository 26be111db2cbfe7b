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
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * iPNDM (Zhang and Chen 2023, DEIS, appendix; diffusers' IPNDMScheduler): the combination of the last four answers that
 * Adams and Bashforth have for equal steps, whatever the steps are, behind the exact transfer of PNDM, which in VE
 * coordinates is {@code x + (sigma_s - sigma_t) eps}. One evaluation per step, from order 1 upward. Made for grids whose
 * levels are even in the network's own time.
 */
final class Ipndm implements DiffusionSampler {
    static final Option<Integer> ORDER = Option.whole("order", 4, 1, 4, "answers behind a step");

    private static final double[][] ADAMS = {
        {1}, {3 / 2., -1 / 2.}, {23 / 12., -16 / 12., 5 / 12.}, {55 / 24., -59 / 24., 37 / 24., -9 / 24.}
    };

    private final int order;

    Ipndm(Options o) {
        order = o.get(ORDER);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        Past.check("ipndm", order, grid, refuse);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Past past = new Past(D, x, order);
        for (int i = 0; i < grid.steps(); i++) {
            Estimate d = past.push(i);
            D.denoise(x, grid.at(i), d);
            past.step(x, grid.sigma(i + 1) - grid.sigma(i), ADAMS[past.size() - 1]);
            run.step(i, x, d.x0());
        }
    }
}
