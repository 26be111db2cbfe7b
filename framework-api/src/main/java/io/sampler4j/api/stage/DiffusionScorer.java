package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseProcess;
import org.apiguardian.api.API;

/** The likelihood, or a bound on it, of a given x under a diffusion model. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface DiffusionScorer extends Scorer<Denoiser, NoiseProcess, Tensor, TensorRun> {
    /** What it demands of the batch: {@link Needs#onePerRun()} where its levels are drawn for each sample. */
    default Needs needs() {
        return Needs.NONE;
    }
}
