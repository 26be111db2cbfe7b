package io.sampler4j.runtime.plugin;

import java.util.Set;

/**
 * A generation of plugins that is not gone yet.
 *
 * @param number by the order of switches, from 1
 * @param state what it is doing
 * @param leases runs and plans that hold it
 * @param hashes sha256 of its live plugins
 */
public record GenerationStatus(long number, State state, int leases, Set<String> hashes) {
    /** The life of a generation; where it ends, it is not listed any more. */
    public enum State {
        /** Who leases now gets it. */
        LIVE,
        /** Another took its place, and runs still hold it. */
        DRAINING,
        /**
         * Its plugins are stopped and their class loaders closed, and the garbage collector has not taken them yet. One that
         * stays so over several full collections is held by something that a plugin left behind.
         */
        CLOSED
    }
}
