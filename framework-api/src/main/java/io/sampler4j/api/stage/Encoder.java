package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import org.apiguardian.api.API;

/** Pixels to codes or latents. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Encoder<X> {
    void encode(Tensor pixels, X into);
}
