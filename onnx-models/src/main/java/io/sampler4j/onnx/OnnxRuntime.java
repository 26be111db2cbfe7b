package io.sampler4j.onnx;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.RefusedException;
import java.nio.file.Path;
import java.util.List;

/**
 * Loaded networks, shared and counted. Leases of one file (by its hash and that of its data) with equal options share one session, which is
 * loaded once, however many ask at the same time, and is never closed under a lease. Thread-safe.
 */
public final class OnnxRuntime implements AutoCloseable {
    private final Sessions sessions = new Sessions();

    /** Nothing loaded yet. */
    public OnnxRuntime() {}

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
        return sessions.lease(file, identity, options);
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
