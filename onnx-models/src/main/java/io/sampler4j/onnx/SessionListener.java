package io.sampler4j.onnx;

import java.time.Duration;

/**
 * Hears of sessions. Called on the thread that loaded or closed one, which may be a run's: return at once, and throw
 * nothing.
 */
public interface SessionListener {
    /** Hears nothing. */
    SessionListener NONE = new SessionListener() {};

    /** A network was loaded. */
    default void opened(SessionInfo session, Duration took) {}

    /** A session was closed, and its memory given back. */
    default void closed(SessionInfo session) {}
}
