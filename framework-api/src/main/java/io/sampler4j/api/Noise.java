package io.sampler4j.api;

import org.apiguardian.api.API;

/**
 * The randomness of a run over continuous samples. Sample i of a run with seed s draws from its own generator, seeded
 * s + i, so no draw depends on the batch, on threads, or on which samples are drawn beside it. Draws are taken in call
 * order, so a sampler documents when it draws. Made by the host; confined to the run's thread.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Noise {
    /** Fills every sample with standard normals, each from its own stream, in row-major order. */
    void normal(Tensor out);

    /** Fills every sample with uniforms in (0, 1), each from its own stream, in row-major order. */
    void uniform(Tensor out);
}
