package io.sampler4j.runtime.limit;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.onnx.Cancellation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;

/**
 * A run's turn, from when it came to when it is closed: what goes on inside asks {@link #cancellation()}, which is
 * requested by the caller's own, by the deadline, and by the end of the host. Thread-safe.
 */
public final class Turn implements AutoCloseable {
    /** Where it stands; guarded by the gate's lock. */
    enum State {
        /** In the queue. */
        WAITING,
        /** Going on. */
        ADMITTED,
        /** Out of the queue without a turn, or done. */
        ENDED
    }

    private enum Cause {
        CALLER,
        DEADLINE,
        CLOSING
    }

    private final RunGate gate;
    private final Optional<Duration> deadline;
    private final Cancellation cancellation = new Cancellation();
    private final Cancellation.Registration caller;
    private final Timer.Due due;
    final Thread owner = Thread.currentThread();
    final Condition admitted;
    private final long came = System.nanoTime();
    State state = State.WAITING;
    private volatile long started;
    private Cause cause;

    Turn(RunGate gate, Condition admitted, Cancellation of, Optional<Duration> deadline, Timer timer) {
        this.gate = gate;
        this.admitted = admitted;
        this.deadline = deadline;
        due = deadline.map(d -> timer.after(d, () -> end(Cause.DEADLINE, "the run passed its deadline")))
                .orElse(() -> {});
        caller = of.onCancel(() -> end(Cause.CALLER, of.reason().orElseThrow()));
    }

    /** The first cause is the one that is told. */
    private void end(Cause why, String reason) {
        synchronized (this) {
            if (cause != null) return;
            cause = why;
        }
        cancellation.cancel(reason);
    }

    void closing() {
        end(Cause.CLOSING, "sampler4j was closed before the run was done");
    }

    /** The caller holds the gate's lock. */
    void admit() {
        state = State.ADMITTED;
        started = System.nanoTime();
        admitted.signal();
    }

    /** What the run is to ask. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** How long it waited until it went on. */
    public Duration queued() {
        return Duration.ofNanos((started == 0 ? System.nanoTime() : started) - came);
    }

    /** What a run is to end with that was cancelled: the same, unless it was the deadline. */
    public CancelledException why(CancelledException e) {
        synchronized (this) {
            if (cause != Cause.DEADLINE) return e;
        }
        DeadlineException late = new DeadlineException(deadline.orElseThrow(), queued(), started != 0);
        late.addSuppressed(e);
        return late;
    }

    /** @throws CancelledException if it was cancelled, by whom or what */
    void check() {
        try {
            cancellation.check();
        } catch (CancelledException e) {
            throw why(e);
        }
    }

    /** Ends it: the next one has its turn. Idempotent. */
    @Override
    public void close() {
        due.callOff();
        caller.close();
        gate.leave(this);
    }
}
