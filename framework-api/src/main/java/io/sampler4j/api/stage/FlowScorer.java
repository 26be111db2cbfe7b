package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.generator.Flow;
import io.sampler4j.api.generator.LatentDistribution;
import org.apiguardian.api.API;

/** The likelihood of a given x under a flow. Exact. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface FlowScorer extends Scorer<Flow, LatentDistribution, Tensor, TensorRun> {}
