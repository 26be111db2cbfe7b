package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Sampler;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import org.apiguardian.api.API;

/** A sampler of any continuous method. x arrives at {@code grid.first()} and leaves at {@code grid.last()}, in the grid's coordinates. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface DiffusionSampler extends Sampler<Denoiser, NoiseGrid, Tensor, TensorRun> {
    /** Declared once, read at plan time. */
    default Needs needs() {
        return Needs.NONE;
    }
}
