package io.sampler4j.runtime;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened so far, to be closed in reverse. Thread-safe; {@link #close()} is idempotent. */
public final class Closer implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** Nothing opened yet. */
    public Closer() {}

    /** Closes it as well, before all that were added earlier. */
    public synchronized <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    @Override
    public synchronized void close() {
        RuntimeException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                if (failure == null) failure = new IllegalStateException("closing what was open: " + e.getMessage(), e);
                else failure.addSuppressed(e);
            }
        }
        if (failure != null) throw failure;
    }
}
