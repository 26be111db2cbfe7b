package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import org.apiguardian.api.API;

/** The second stage of a two-stage method: codes (Canvas) or latents (Tensor) to pixels. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Decoder<X> {
    void decode(X sample, Tensor pixels);
}
