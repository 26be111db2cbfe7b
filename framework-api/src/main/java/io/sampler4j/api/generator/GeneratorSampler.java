package io.sampler4j.api.generator;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Sampler;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import org.apiguardian.api.API;

/** A sampler that needs one call, and no grid but the distribution of its latent. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface GeneratorSampler extends Sampler<Generator, LatentDistribution, Tensor, TensorRun> {}
