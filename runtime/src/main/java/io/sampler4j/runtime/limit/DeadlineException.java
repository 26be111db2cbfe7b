package io.sampler4j.runtime.limit;

import io.sampler4j.api.error.CancelledException;
import java.time.Duration;

/** The run did not end within its deadline, and was cancelled. */
public final class DeadlineException extends CancelledException {
    private static final long serialVersionUID = 1;

    private final Duration deadline;
    private final Duration queued;

    DeadlineException(Duration deadline, Duration queued, boolean started) {
        super("the run did not end within its deadline of " + seconds(deadline)
                + (started
                        ? ", of which it waited " + seconds(queued)
                                + " for its turn: ask for fewer steps or samples, or" + " allow more time"
                        : ": it waited all that time for its turn. Allow more runs at once, or more time"));
        this.deadline = deadline;
        this.queued = queued;
    }

    private static String seconds(Duration d) {
        return d.toMillis() / 1000.0 + " s";
    }

    /** The deadline. */
    public Duration deadline() {
        return deadline;
    }

    /** How long of it the run waited for its turn. */
    public Duration queued() {
        return queued;
    }
}
