package io.sampler4j.api.diffusion;

import io.sampler4j.api.Condition;
import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import java.util.List;
import org.apiguardian.api.API;

/** A network asked about one x under several conditions at once: the host evaluates them in one batch. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface ConditionalDenoiser {
    /** Buffers for one answer about an x of this shape. */
    Estimate estimate(Tensor x);

    /**
     * Fills out.get(k) with the estimate of x under given.get(k). Does not change x. One NFE whatever the number of
     * conditions, and one row for each; blocks and throws as {@link Denoiser} does.
     */
    void denoise(Tensor x, NoiseLevel at, List<Condition> given, List<Estimate> out);
}
