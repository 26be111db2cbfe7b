package io.sampler4j.runtime.limit;

import io.sampler4j.api.error.RefusedException;

/** There is no turn for this run, nor a place to wait for one. The same request may do later. */
public final class BusyException extends RefusedException {
    private static final long serialVersionUID = 1;

    private final int active;
    private final int queued;

    BusyException(int active, int queued) {
        super("too much to do: " + of(active, "run") + " going on and " + queued
                + " waiting, which is as many as may. Try again later, or allow more (Limits.runs, Limits.queue)");
        this.active = active;
        this.queued = queued;
    }

    private static String of(int n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }

    /** Runs that went on. */
    public int active() {
        return active;
    }

    /** Runs that waited. */
    public int queued() {
        return queued;
    }
}
