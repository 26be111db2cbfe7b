package io.sampler4j.api.generator;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import java.util.List;
import org.apiguardian.api.API;

/** A network that makes a sample from a latent in one call (flow, GAN). Made by the host; confined to a run. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Generator {
    /** A zero latent for a batch shaped as x, owned by the run. */
    Tensor latentFor(Tensor x);

    /** x = g(z): fills x, does not change z. One NFE. */
    void generate(Tensor z, Tensor x);

    /** The values of the data that are black and white; empty where nothing says so. */
    default List<Double> sampleRange() {
        return List.of();
    }
}
