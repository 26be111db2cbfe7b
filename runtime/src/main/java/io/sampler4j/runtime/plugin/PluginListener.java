package io.sampler4j.runtime.plugin;

import java.nio.file.Path;

/**
 * Hears what becomes of plugins. Called on the thread that brought it about, which for {@link #closed} may be a run's:
 * return at once. What it throws is logged and changes nothing.
 */
public interface PluginListener {
    /** Other plugins are live. */
    default void switched(Swap swap) {}

    /**
     * A switch was refused as a whole, and what was live still is.
     *
     * @param cause what asked for it
     * @param by who asked for it
     * @param why with what mends it
     */
    default void untouched(Swap.Cause cause, String by, String why) {}

    /** A plugin is being tried in a JVM of its own. */
    default void probing(Path file, String sha256) {}

    /** The last run gave a former generation back; its plugins were stopped and its class loaders closed. */
    default void closed(long generation) {}

    /** The class loaders of a closed generation were garbage-collected: nothing holds its classes any more. */
    default void collected(long generation) {}
}
