package io.sampler4j.api;

import org.apiguardian.api.API;

/**
 * What a sampler may use of the run it serves. Made by the host, confined to one thread; each kind of sampler has its own extension of it.
 *
 * @param <X> the state
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Run<X> {
    /** Step i (from 0) is done; x is the state after it. Progress, trace, preview, streaming, the check for NaN, and cancellation: it throws when the run was cancelled. */
    void step(int i, X x);

    /** As above, with a better picture of the end than x itself, such as x0. */
    default void step(int i, X x, X preview) {
        step(i, x);
    }
}
