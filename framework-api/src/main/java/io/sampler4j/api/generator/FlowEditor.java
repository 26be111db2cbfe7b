package io.sampler4j.api.generator;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Sampler;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import org.apiguardian.api.API;

/**
 * Changes a given x towards a higher likelihood, such as inpainting by gradient ascent (Dinh et al. 2014, section 5.2).
 * x arrives with the known pixels in place; the host restores them after each step.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface FlowEditor extends Sampler<DifferentiableFlow, LatentDistribution, Tensor, TensorRun> {}
