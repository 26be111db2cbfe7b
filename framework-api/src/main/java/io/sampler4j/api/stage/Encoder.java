package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import org.apiguardian.api.API;

/**
 * Pixels to codes or latents. Made by the host; confined to a run.
 *
 * @param <X> {@code Canvas} for codes, {@code Tensor} for latents
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Encoder<X> {
    /** Fills the codes or latents, does not change the pixels. Blocks; throws as a denoiser does. */
    void encode(Tensor pixels, X into);
}
