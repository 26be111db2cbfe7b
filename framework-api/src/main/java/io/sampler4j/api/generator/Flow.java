package io.sampler4j.api.generator;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import org.apiguardian.api.API;

/**
 * A generator that can be run backwards, with its change of volume: what a flow model offers and a GAN does not. A
 * multi-level flow takes and gives one flattened latent. Made by the host; confined to a run.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Flow extends Generator {
    /** z = f(x): fills z, does not change x, and adds ln|det df/dx|, in nats, of sample i to {@code logDet[i]}. */
    void encode(Tensor x, Tensor z, double[] logDet);
}
