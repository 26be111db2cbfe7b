package io.sampler4j.onnx;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Loaded networks, shared and counted. Leases of one file (by its hash and that of its data) with equal options share one session, which is
 * loaded once, however many ask at the same time, and is never closed under a lease. Thread-safe.
 */
public final class OnnxRuntime implements AutoCloseable {
    private final Sessions sessions;

    /** Nothing loaded yet, and no budget: idle sessions stay loaded. */
    public OnnxRuntime() {
        this(Long.MAX_VALUE, SessionListener.NONE);
    }

    /**
     * Nothing loaded yet. Where the networks together are more than the budget, those that nobody has leased are closed, the
     * least recently used first, before another is loaded and when a lease ends. One that is leased never is: leases alone
     * may be over the budget, and an idle session is not kept where it is over it by itself.
     *
     * @param budget bytes of the networks' files, external data included
     */
    public OnnxRuntime(long budget, SessionListener listener) {
        if (budget < 0) throw new IllegalArgumentException("a budget is of 0 bytes or more, got " + budget);
        sessions = new Sessions(budget, listener);
    }

    /**
     * Lends the network in this file, loading it if no session for the hash and the options is there. The file is loaded
     * from its path, so that external data beside it is found; custom operators are not available.
     *
     * @param identity under which the session is shared: the sha256 of the file, as its caller has checked it, or, where it
     *     has external data, one of both
     * @throws RefusedException if the device is not usable here, saying what is missing and how to get it
     * @throws NetworkException if the file cannot be loaded
     * @throws IllegalStateException if this runtime is closed
     */
    public Network lease(Path file, String identity, NetworkOptions options) {
        return lease(new SessionInfo(file, identity, options, size(file)));
    }

    /** As {@link #lease(Path, String, NetworkOptions)}, for a network whose size is known, external data included. */
    public Network lease(SessionInfo wanted) {
        return sessions.lease(wanted);
    }

    /** 0 where it is not there: loading it says so better. */
    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Bytes of the sessions at this moment, idle ones included, as the budget counts them. */
    public long bytes() {
        return sessions.bytes();
    }

    /** The budget; {@link Long#MAX_VALUE} for none. */
    public long budget() {
        return sessions.budget();
    }

    /** What is held at this moment. */
    public Counts counts() {
        return sessions.counts();
    }

    /** Closes the sessions that nobody has leased; they are loaded again when they are next leased. */
    public void evict() {
        sessions.evict();
    }

    /** Closes idle sessions now and leased ones at their last release. Refuses further leases. A second call does nothing. */
    @Override
    public void close() {
        sessions.close();
    }

    /** The version of ONNX Runtime. */
    public static String version() {
        return Providers.version();
    }

    /** What networks can run on here, the processor first. Loads the native library, and CUDA's where it is there. */
    public static List<ProviderStatus> providers() {
        return Providers.list();
    }
}
