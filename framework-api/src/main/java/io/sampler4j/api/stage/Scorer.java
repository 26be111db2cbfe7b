package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Run;
import org.apiguardian.api.API;

/**
 * How likely a given x is under a model: exact for flows, a Monte-Carlo bound for masked diffusion.
 * Stateless and thread-safe.
 *
 * @param <D> what it calls
 * @param <G> the process, or the distribution of latents
 * @param <X> what is scored
 * @param <R> what it may use of its run
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface Scorer<D, G, X, R extends Run<X>> {
    /**
     * The log-likelihood of each sample given, which it does not change. Calls {@code run.step} after every step of its
     * work. The host calls it once without data when it plans, to find what it costs: what cannot be scored is refused
     * there.
     *
     * @throws io.sampler4j.api.error.RefusedException if this model or process has no such likelihood, saying why
     */
    Score score(D model, G process, X given, R run);
}
