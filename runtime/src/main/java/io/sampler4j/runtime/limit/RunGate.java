package io.sampler4j.runtime.limit;

import io.sampler4j.onnx.Cancellation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives runs their turns: so many at once, the others in the order in which they came, so many of those. A turn that ends
 * is handed to the first that waits, so that no newcomer is before it. Thread-safe.
 */
public final class RunGate implements AutoCloseable {
    /** How long closing waits for runs that were cancelled: one network call each, as a rule. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Limits limits;
    private final Timer timer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fewer = lock.newCondition();
    private final Deque<Turn> queue = new ArrayDeque<>();
    private final Set<Turn> active = new LinkedHashSet<>();
    private boolean closing;
    /** Copies of the sizes, to be read without the lock. */
    private volatile int activeNow, queuedNow;

    /** A gate with these limits, open. */
    public RunGate(Limits limits) {
        this(limits, Timer.onItsOwnThread());
    }

    RunGate(Limits limits, Timer timer) {
        this.limits = limits;
        this.timer = timer;
    }

    /**
     * Waits for a turn, which is to be closed.
     *
     * @param caller ends the wait, and later the run
     * @param deadline of both together, or empty for that of the limits
     * @throws BusyException if as many wait as may
     * @throws io.sampler4j.api.error.CancelledException if it was cancelled, or the deadline passed, before its turn
     * @throws IllegalStateException if the gate is closed
     */
    public Turn enter(Cancellation caller, Optional<Duration> deadline) {
        Turn turn;
        lock.lock();
        try {
            if (closing) throw new IllegalStateException("this Sampler4j is closed: open another");
            // Where any wait there is no turn free, since one that ends is handed on under this lock.
            boolean now = active.size() < limits.runs();
            if (!now && queue.size() >= limits.queue()) throw new BusyException(active.size(), queue.size());
            turn = new Turn(this, lock.newCondition(), caller, deadline.or(limits::deadline), timer);
            if (now) admit(turn);
            else queue.add(turn);
            sizes();
        } finally {
            lock.unlock();
        }
        try {
            await(turn);
            turn.check();
            return turn;
        } catch (RuntimeException | Error e) {
            turn.close();
            throw e;
        }
    }

    private void await(Turn turn) {
        try (Cancellation.Registration wake = turn.cancellation().onCancel(() -> giveUp(turn))) {
            lock.lock();
            try {
                while (turn.state == Turn.State.WAITING) turn.admitted.await();
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            turn.cancellation().cancel("the thread that waited for its turn was interrupted");
        }
    }

    private void giveUp(Turn turn) {
        lock.lock();
        try {
            if (!queue.remove(turn)) return;
            turn.state = Turn.State.ENDED;
            turn.admitted.signal();
            sizes();
        } finally {
            lock.unlock();
        }
    }

    void leave(Turn turn) {
        lock.lock();
        try {
            queue.remove(turn);
            active.remove(turn);
            turn.state = Turn.State.ENDED;
            while (!queue.isEmpty() && active.size() < limits.runs()) admit(queue.poll());
            sizes();
            fewer.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void admit(Turn turn) {
        active.add(turn);
        turn.admit();
    }

    private void sizes() {
        activeNow = active.size();
        queuedNow = queue.size();
    }

    /** Runs that go on. Never blocks. */
    public int active() {
        return activeNow;
    }

    /** Runs that wait. Never blocks. */
    public int queued() {
        return queuedNow;
    }

    /** What it keeps to. */
    public Limits limits() {
        return limits;
    }

    /**
     * Ends it: nobody enters any more, who waits is cancelled, who goes on is waited for as long as the limits say, then
     * cancelled, and waited for some seconds more. A thread that closes from inside its own run does not wait for itself.
     * An interrupt shortens the waits to nothing. Idempotent.
     */
    @Override
    public void close() {
        List<Turn> waiting;
        lock.lock();
        try {
            if (closing) return;
            closing = true;
            waiting = List.copyOf(queue);
        } finally {
            lock.unlock();
        }
        waiting.forEach(Turn::closing);
        boolean interrupted = !awaitOthers(limits.closing());
        others().forEach(Turn::closing);
        if (!interrupted) interrupted = !awaitOthers(GRACE);
        if (interrupted) Thread.currentThread().interrupt();
        timer.close();
    }

    /** Whether the wait came to its end, and not to an interrupt. */
    private boolean awaitOthers(Duration most) {
        long left = Timer.nanos(most);
        lock.lock();
        try {
            while (left > 0 && !others().isEmpty()) left = fewer.awaitNanos(left);
            return true;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private List<Turn> others() {
        lock.lock();
        try {
            Thread self = Thread.currentThread();
            return active.stream().filter(t -> t.owner != self).toList();
        } finally {
            lock.unlock();
        }
    }
}
