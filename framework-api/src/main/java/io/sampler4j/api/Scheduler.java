package io.sampler4j.api;

import org.apiguardian.api.API;

/**
 * Turns a model's training process and a number of steps into an immutable grid. Stateless and thread-safe; its fields
 * hold options only.
 *
 * @param <P> the process
 * @param <G> the grid
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface Scheduler<P, G> {
    /**
     * The grid, noise first.
     *
     * @param steps as the user asked, at least 1
     * @throws io.sampler4j.api.error.RefusedException if it makes no grid of that process or of so many steps, with a
     *     sentence that says what would work
     */
    G grid(P process, int steps);
}
