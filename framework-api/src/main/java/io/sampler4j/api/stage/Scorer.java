package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Run;
import org.apiguardian.api.API;

/** How likely a given x is under a model: exact for flows, a Monte-Carlo bound for masked diffusion. @param <D> what it calls @param <G> process or prior @param <X> what is scored */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface Scorer<D, G, X, R extends Run<X>> {
    Score score(D model, G process, X given, R run);
}
