package io.sampler4j.runtime.limit;

import java.time.Duration;
import java.util.Optional;

/**
 * How much of a machine an application gives to runs. Immutable: every method gives new limits.
 *
 * <pre>{@code
 * Limits.NONE.runs(4).queue(32).deadline(Duration.ofSeconds(30)).sessionMemory(2L << 30)
 * }</pre>
 */
public final class Limits {
    /** As many runs at once as are asked for, no deadline, and sessions stay loaded; closing waits half a minute. */
    public static final Limits NONE =
            new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE, null, Long.MAX_VALUE, Duration.ofSeconds(30));

    private final int runs;
    private final int queue;
    private final Duration deadline;
    private final long sessionMemory;
    private final Duration closing;

    private Limits(int runs, int queue, Duration deadline, long sessionMemory, Duration closing) {
        this.runs = runs;
        this.queue = queue;
        this.deadline = deadline;
        this.sessionMemory = sessionMemory;
        this.closing = closing;
    }

    /** Runs at once, 1 or more; others wait for their turn, in the order in which they came. Default: no limit. */
    public Limits runs(int most) {
        if (most < 1) throw new IllegalArgumentException("1 run or more may go on at once, got " + most);
        return new Limits(most, queue, deadline, sessionMemory, closing);
    }

    /** Runs that may wait, 0 or more; one beyond is refused with a {@link BusyException}. Default: no limit. */
    public Limits queue(int most) {
        if (most < 0) throw new IllegalArgumentException("0 runs or more may wait, got " + most);
        return new Limits(runs, most, deadline, sessionMemory, closing);
    }

    /**
     * How long a run may take that says nothing else, the wait for its turn included; past it, it ends with a
     * {@link DeadlineException}. Default: for ever.
     */
    public Limits deadline(Duration most) {
        return new Limits(runs, queue, positive(most), sessionMemory, closing);
    }

    /**
     * Bytes of loaded networks, counted by their files. Above it, sessions that no run holds are closed, the least recently
     * used first; one that a run holds never is. Default: no limit.
     */
    public Limits sessionMemory(long bytes) {
        if (bytes < 0) throw new IllegalArgumentException("sessions may hold 0 bytes or more, got " + bytes);
        return new Limits(runs, queue, deadline, bytes, closing);
    }

    /** How long closing waits for the runs that go on before it cancels them. Default: 30 seconds. */
    public Limits closing(Duration most) {
        if (most.isNegative()) throw new IllegalArgumentException("closing waits 0 seconds or more, got " + most);
        return new Limits(runs, queue, deadline, sessionMemory, most);
    }

    /**
     * A deadline, checked.
     *
     * @throws IllegalArgumentException if it is no time to run in
     */
    public static Duration positive(Duration deadline) {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("a deadline is more than 0 seconds, got " + deadline);
        }
        return deadline;
    }

    /** Runs at once; {@link Integer#MAX_VALUE} for no limit. */
    public int runs() {
        return runs;
    }

    /** Runs that may wait; {@link Integer#MAX_VALUE} for no limit. */
    public int queue() {
        return queue;
    }

    /** The deadline of a run that says none. */
    public Optional<Duration> deadline() {
        return Optional.ofNullable(deadline);
    }

    /** Bytes of sessions; {@link Long#MAX_VALUE} for no limit. */
    public long sessionMemory() {
        return sessionMemory;
    }

    /** How long closing waits for runs. */
    public Duration closing() {
        return closing;
    }
}
