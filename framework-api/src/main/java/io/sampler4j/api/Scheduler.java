package io.sampler4j.api;

import org.apiguardian.api.API;

/** Turns a model's training noise process and a number of steps into an immutable grid. Stateless. @param <P> the process @param <G> the grid */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface Scheduler<P, G> {
    G grid(P process, int steps);
}
