package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import org.apiguardian.api.API;

/** The act of denoising alone: what guidance returns. The host gives it the facts of the network it wraps, so a decorator cannot lose them. */
@FunctionalInterface
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface Estimator {
    /** Fills out with the estimate of x at level {@code at}. Does not change x. */
    void denoise(Tensor x, NoiseLevel at, Estimate out);
}
