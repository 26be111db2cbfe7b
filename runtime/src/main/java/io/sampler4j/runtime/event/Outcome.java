package io.sampler4j.runtime.event;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.DivergedException;
import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.limit.BusyException;
import io.sampler4j.runtime.limit.DeadlineException;
import java.util.Locale;

/** How a run ended. */
public enum Outcome {
    /** With what was asked for. */
    COMPLETED,
    /** By its caller, or by the end of the host. */
    CANCELLED,
    /** By its deadline. */
    LATE,
    /** There was no turn for it. */
    BUSY,
    /** What was asked for cannot be made. */
    REFUSED,
    /** The state was no longer finite. */
    DIVERGED,
    /** A network could not be loaded, or failed. */
    NETWORK,
    /** A plugin failed. */
    PLUGIN,
    /** Anything else: a defect, or no memory. */
    FAILED;

    static Outcome of(Throwable e) {
        if (e instanceof BusyException) return BUSY;
        if (e instanceof RefusedException) return REFUSED;
        if (e instanceof DeadlineException) return LATE;
        if (e instanceof CancelledException) return CANCELLED;
        if (e instanceof DivergedException) return DIVERGED;
        if (e instanceof NetworkException) return NETWORK;
        if (e instanceof PluginException) return PLUGIN;
        return FAILED;
    }

    /** Whether it is the host, a network or a plugin that has to be looked at, and not the request. */
    boolean isFault() {
        return this == NETWORK || this == PLUGIN || this == FAILED;
    }

    /** Such as {@code completed}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
