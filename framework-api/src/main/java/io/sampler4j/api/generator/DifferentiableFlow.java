package io.sampler4j.api.generator;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import org.apiguardian.api.API;

/** A flow whose export holds the gradient of the log-likelihood with respect to the data. Made by the host. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface DifferentiableFlow extends Flow {
    /** Adds ln p(x), in nats, of sample i to {@code nats[i]}, and writes its gradient with respect to x into grad. */
    void gradient(Tensor x, double[] nats, Tensor grad);
}
