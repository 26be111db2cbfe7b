package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import org.apiguardian.api.API;

/**
 * The second stage of a two-stage method: codes or latents to pixels. Made by the host; confined to a run.
 *
 * @param <X> {@code Canvas} for codes, {@code Tensor} for latents
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Decoder<X> {
    /** Fills pixels, does not change the sample. Blocks; throws as a denoiser does. */
    void decode(X sample, Tensor pixels);
}
