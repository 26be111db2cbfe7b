package io.sampler4j.runtime.run;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;

/**
 * A sampler that cannot start in pure noise, after a first step that can: where alpha = 0 (flow matching at t = 1, zero
 * terminal SNR), x is eps itself and the network's x0 does not depend on it, so that
 *
 * <pre>x' = alpha' x0 + sigma' eps</pre>
 *
 * is exact for that x0. It is step 0 of the grid, one evaluation; the sampler then runs from the second level on.
 */
final class ExactFirstStep implements DiffusionSampler {
    private final DiffusionSampler then;
    private final NoiseLevel pure;

    /** @param pure the level of pure noise in coordinates that can hold it, in which x starts: alpha = 0 */
    ExactFirstStep(DiffusionSampler then, NoiseLevel pure) {
        this.then = then;
        this.pure = pure;
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x);
        NoiseLevel next = grid.at(1);
        D.denoise(x, pure, e);
        x.set(next.alpha(), e.x0(), next.sigma(), e.eps());
        run.step(0, x, e.x0());
        if (grid.steps() > 1) then.sample(D, grid.from(1), x, new Later(run));
    }

    /** The same run, in which the sampler's step i is the grid's i + 1. */
    private record Later(TensorRun run) implements TensorRun {
        @Override
        public Noise noise() {
            return run.noise();
        }

        @Override
        public void step(int i, Tensor x) {
            run.step(i + 1, x);
        }

        @Override
        public void step(int i, Tensor x, Tensor preview) {
            run.step(i + 1, x, preview);
        }
    }
}
