package io.sampler4j.api.generator;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import org.apiguardian.api.API;

/**
 * The distribution of latents, named in the manifest and found by name like a scheduler (a prior, in this project, is a
 * network over codes). Stateless and thread-safe.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface LatentDistribution {
    /** Fills z with independent draws. Takes one {@code normal} or one {@code uniform} of the run's noise. */
    void draw(Noise noise, Tensor z);

    /** Adds ln p(z), in nats, of sample i to {@code nats[i]}. Does not change z. */
    void logDensity(Tensor z, double[] nats);
}
