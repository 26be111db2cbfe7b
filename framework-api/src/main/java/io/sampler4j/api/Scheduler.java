package io.sampler4j.api;

import java.util.OptionalInt;
import org.apiguardian.api.API;

/**
 * Turns a model's training noise process and a number of steps into an immutable grid. Stateless: one instance serves
 * many plans at once. Plugins implement its named kinds, {@code NoiseScheduler} and {@code TokenScheduler}.
 *
 * @param <P> the process
 * @param <G> the grid
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface Scheduler<P, G> {
    /**
     * The grid for this many steps.
     *
     * @param steps 1 or more, as the user asked or as {@link #fixedSteps} says
     * @throws io.sampler4j.api.error.RefusedException if this process has no such grid, saying why
     */
    G grid(P process, int steps);

    /**
     * The number of steps that the options fix for this process, as an explicit list does; then a user who asks for
     * another number is refused, and one who asks for none gets this.
     */
    default OptionalInt fixedSteps(P process) {
        return OptionalInt.empty();
    }
}
