package io.sampler4j.runtime.plugin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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

    /** This and the one right before it, as one. */
    Swap after(Swap first) {
        List<Change> both = new ArrayList<>(first.changes);
        both.addAll(changes);
        return new Swap(generation, first.before, at, cause, by, both);
    }

    /** The jars that are refused now and were not before. */
    public List<Change> refused() {
        return changes.stream().filter(c -> c.kind() == Kind.REFUSED).toList();
    }

    /** As it is written down: one line of JSON. */
    public String toJson() {
        return json().toString();
    }

    ObjectNode json() {
        ObjectNode line = JsonNodeFactory.instance
                .objectNode()
                .put("at", at.toString())
                .put("event", "switched")
                .put("cause", word(cause))
                .put("by", by)
                .put("generation", generation)
                .put("before", before);
        ArrayNode all = line.putArray("changes");
        for (Change c : changes) {
            ObjectNode change = all.addObject()
                    .put("change", word(c.kind()))
                    .put("id", c.id())
                    .put("version", c.version())
                    .put("file", c.file().toString())
                    .put("from", c.from())
                    .put("to", c.to());
            if (!c.problem().isEmpty()) change.put("problem", c.problem()).put("remedy", c.remedy());
        }
        return line;
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
