package io.sampler4j.api;

import org.apiguardian.api.API;

/** A run over a batch of continuous samples. Made by the host; confined to one thread. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface TensorRun extends Run<Tensor> {
    /** Its randomness; every call gives the same object. */
    Noise noise();
}
