package io.sampler4j.runtime.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One change of what stands behind a name, or one that was refused.
 *
 * @param at when
 * @param what kind of change
 * @param profile the name
 * @param from what it was before, if anything
 * @param to what it was to be, if anything
 * @param share of runs that go to it, such as {@code 5%}, where it is a canary
 * @param by who asked for it
 * @param shadow the comparison before it, if one was asked for
 * @param refused why it was not made, each with what mends it; empty where it was
 */
public record ProfileSwitch(
        Instant at,
        What what,
        String profile,
        Optional<Version> from,
        Optional<Version> to,
        Optional<String> share,
        String by,
        Optional<ShadowReport> shadow,
        List<String> refused) {
    /** What a change does. */
    public enum What {
        /** It was there when the host was opened. */
        OPEN,
        /** All runs go to something else. */
        SWITCH,
        /** A share of the runs does. */
        CANARY,
        /** What a share went to gets all. */
        PROMOTE,
        /** What was before is back, or the canary is gone. */
        ROLL_BACK,
        /** The name is gone. */
        REMOVE;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What stood behind the name, or was to.
     *
     * @param sha256 of the profile
     * @param plugins the jars that it used: sha256 by the id of the plugin, as far as it worked
     */
    public record Version(String sha256, SortedMap<String, String> plugins) {}

    /** Copies the list. */
    public ProfileSwitch {
        refused = List.copyOf(refused);
    }

    /** Whether it was made. */
    public boolean done() {
        return refused.isEmpty();
    }

    /** As it is written down: one line of JSON. */
    public String toJson() {
        return json().toString();
    }

    private ObjectNode json() {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("at", at.toString())
                .put("event", what.word())
                .put("profile", profile)
                .put("by", by);
        line.put("done", done());
        from.ifPresent(v -> version(line.putObject("from"), v));
        to.ifPresent(v -> version(line.putObject("to"), v));
        share.ifPresent(s -> line.put("share", s));
        shadow.ifPresent(s -> line.putObject("shadow")
                .put("runs", s.runs().size())
                .put("mean", s.mean())
                .put("largest", s.largest()));
        if (!done()) {
            ArrayNode reasons = line.putArray("refused");
            refused.forEach(reasons::add);
        }
        return line;
    }

    private static void version(ObjectNode node, Version version) {
        node.put("sha256", version.sha256());
        version.plugins().forEach(node.putObject("plugins")::put);
    }
}
