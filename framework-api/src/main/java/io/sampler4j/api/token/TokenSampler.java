package io.sampler4j.api.token;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Sampler;
import org.apiguardian.api.API;

/** A sampler over token ids: masked diffusion, MaskGIT, raster-order autoregression. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface TokenSampler extends Sampler<TokenDenoiser, TokenGrid, Canvas, CanvasRun> {
    /** What it asks of each row. */
    Query asks();
}
