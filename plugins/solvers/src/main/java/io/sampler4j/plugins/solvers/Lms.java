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
 * Adams and Bashforth's linear multistep method on dx/dsigma = eps (k-diffusion's LMS; Hairer, Norsett and Wanner, III.1
 * and III.5): eps is the polynomial in sigma through the last answers, integrated exactly. One evaluation per step. Its
 * first steps have lower orders, which bounds that of a whole run at 2.
 */
final class Lms implements DiffusionSampler {
    static final Option<Integer> ORDER = Option.whole("order", 4, 1, 4, "answers behind a step");

    private final int order;

    Lms(Options o) {
        order = o.get(ORDER);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        Past.check("lms", order, grid, refuse);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Past past = new Past(D, x, order);
        for (int i = 0; i < grid.steps(); i++) {
            double t = grid.sigma(i), next = grid.sigma(i + 1);
            Estimate d = past.push(t);
            D.denoise(x, grid.at(i), d);
            if (next != t) past.step(x, next - t, past.adams(past.size(), t, next));
            run.step(i, x, d.x0());
        }
    }
}
