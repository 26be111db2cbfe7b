package io.sampler4j.api.error;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** The state or a network's answer is no longer finite, or an adaptive solver found no step small enough. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public class DivergedException extends SampleException {
    private static final long serialVersionUID = 1;

    private final int step;

    /** @param step the step in which it was found, from 0 @param message where, at which noise level, and what to try */
    public DivergedException(int step, String message) {
        super(message);
        this.step = step;
    }

    /** The step in which it was found, from 0. */
    public int step() {
        return step;
    }
}
