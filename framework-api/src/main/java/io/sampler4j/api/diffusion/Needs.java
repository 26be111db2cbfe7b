package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import java.util.Optional;
import org.apiguardian.api.API;

/** What a diffusion sampler asks of its plan. Grows by methods; the defaults ask for nothing. Immutable. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Needs {
    /** Nothing: any coordinates, one step or more, whole batches. */
    public static final Needs NONE = new Needs(null, 1, false);

    private final Coordinates coordinates;
    private final int steps;
    private final boolean perSample;

    private Needs(Coordinates coordinates, int steps, boolean perSample) {
        this.coordinates = coordinates;
        this.steps = steps;
        this.perSample = perSample;
    }

    /** The grid and x are to be in these; otherwise they stay in the model's own. */
    public Needs in(Coordinates c) {
        return new Needs(c, steps, perSample);
    }

    /** Fewer steps are refused at plan time. */
    public Needs atLeastSteps(int n) {
        return new Needs(coordinates, n, perSample);
    }

    /** Control flow depends on the data (adaptive steps): one sample at a time, so that a batch equals its singles. */
    public Needs onePerRun() {
        return new Needs(coordinates, steps, true);
    }

    /** The coordinates asked for; empty for the model's own. */
    public Optional<Coordinates> coordinates() {
        return Optional.ofNullable(coordinates);
    }

    /** The fewest steps. */
    public int steps() {
        return steps;
    }

    /** Whether samples come one at a time. */
    public boolean isOnePerRun() {
        return perSample;
    }
}
