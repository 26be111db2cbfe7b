package io.sampler4j.runtime.plugin;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * One switch from a generation of plugins to the next. Plain data: it may be kept, and holds no class of a plugin.
 *
 * @param generation what is live since then; numbers rise by the order of switches, from 1
 * @param before what was live until then, 0 for nothing
 * @param at when
 * @param cause what brought it about
 * @param by who asked for it
 * @param changes what differs from before: plugins that came, went or were replaced, and jars that are refused now and
 *     were not before
 */
public record Swap(long generation, long before, Instant at, Cause cause, String by, List<Change> changes) {
    /** What brings a switch about. */
    public enum Cause {
        /** The host was opened. */
        OPEN,
        /** {@link PluginHost#reload()}. */
        RELOAD,
        /** A watched directory changed. */
        WATCH,
        /** {@link PluginHost#rollBack()}. */
        ROLL_BACK
    }

    /** What became of a jar. */
    public enum Kind {
        /** A plugin came. */
        ADDED,
        /** Its jar is another one. */
        REPLACED,
        /** It is gone. */
        REMOVED,
        /** A jar is left out; whatever of it was live before stays. */
        REFUSED
    }

    /**
     * One jar.
     *
     * @param kind what became of it
     * @param id of its plugin, or the file's name where it has none that can be read
     * @param version of its plugin, or {@code ?}
     * @param file the jar
     * @param from sha256 of what was live before, or empty
     * @param to sha256 of what is live now, or of what is refused; empty where it is gone or cannot be read
     * @param problem why it is refused, or empty
     * @param remedy how to mend it, or empty
     */
    public record Change(
            Kind kind, String id, String version, Path file, String from, String to, String problem, String remedy) {}

    public Swap {
        changes = List.copyOf(changes);
    }

    /** The jars that are refused now and were not before. */
    public List<Change> refused() {
        return changes.stream().filter(c -> c.kind() == Kind.REFUSED).toList();
    }
}
