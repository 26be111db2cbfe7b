package io.sampler4j.runtime.cli;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.RefusedException;

/** What the process ends with; documented in COMMANDS.md, and not to be renumbered. */
final class ExitCode {
    static final int OK = 0;
    /** The run started and did not end well, or a replay differs. */
    static final int FAILED = 1;
    /** What was asked cannot be done: a wrong option, an unknown name, a plan that was refused. */
    static final int REFUSED = 2;
    /** A network could not be loaded or failed. */
    static final int NETWORK = 3;
    /** Interrupted, as a shell counts SIGINT. */
    static final int CANCELLED = 130;

    private ExitCode() {}

    static int of(Throwable failure) {
        if (failure instanceof RefusedException) return REFUSED;
        if (failure instanceof NetworkException) return NETWORK;
        if (failure instanceof CancelledException) return CANCELLED;
        return FAILED;
    }
}
