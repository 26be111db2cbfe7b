package io.sampler4j.onnx;

import io.sampler4j.api.error.CancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A caller's wish that a run end. Asked between steps, and passed on into a network call. Thread-safe; once requested it
 * stays so.
 */
public final class Cancellation {
    private final List<Runnable> actions = new ArrayList<>();
    private volatile String reason;

    /** Not requested yet. */
    public Cancellation() {}

    /** Requests it, with words for whoever sees the run end. Further requests change nothing. */
    public void cancel(String reason) {
        List<Runnable> now;
        synchronized (actions) {
            if (this.reason != null) return;
            this.reason = reason;
            now = List.copyOf(actions);
            actions.clear();
        }
        now.forEach(Runnable::run);
    }

    /** Whether it was requested. */
    public boolean requested() {
        return reason != null;
    }

    /** Why it was requested, if it was. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** @throws CancelledException if it was requested, with the reason given */
    public void check() {
        String why = reason;
        if (why != null) throw new CancelledException(why);
    }

    /**
     * Runs the action once, on the cancelling thread, when cancellation is requested; at once if it already was. The
     * action must be short and must not throw.
     */
    public Registration onCancel(Runnable action) {
        // Wrapped, so that equal actions registered twice are removed one at a time.
        Runnable own = action::run;
        synchronized (actions) {
            if (reason == null) {
                actions.add(own);
                return () -> {
                    synchronized (actions) {
                        actions.remove(own);
                    }
                };
            }
        }
        own.run();
        return () -> {};
    }

    /** An action waiting for the cancellation. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        /** Withdraws the action; one that is running is not waited for. A second call does nothing. */
        @Override
        void close();
    }
}
