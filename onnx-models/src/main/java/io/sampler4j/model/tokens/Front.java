package io.sampler4j.model.tokens;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a canvas is asked to be: ids before its own in the sequence, and a class where the network has an input for it;
 * and what stands in their place in the half of a guided call that is asked for nothing. Immutable.
 *
 * @param ids in front of the canvas
 * @param nothing as many, where guidance may leave the class away; empty where it may not
 * @param group the class told apart from the ids
 * @param noGroup the class that means none; as present as {@code group}, where guidance may leave it away
 */
public record Front(List<Integer> ids, List<Integer> nothing, OptionalInt group, OptionalInt noGroup) {
    /** Nothing is asked: a text, whose prompt is on its canvas. */
    public static final Front NONE = new Front(List.of(), List.of(), OptionalInt.empty(), OptionalInt.empty());

    /** Copies the lists. */
    public Front {
        ids = List.copyOf(ids);
        nothing = List.copyOf(nothing);
    }

    /** Whether there is something to leave away: then guidance compares with that, and not with the canvas masked. */
    public boolean guides() {
        return !nothing.isEmpty() || noGroup.isPresent();
    }

    int size() {
        return ids.size();
    }

    /** The i-th id, of the half that is asked or of the other. */
    int id(int i, boolean asked) {
        return (asked || nothing.isEmpty() ? ids : nothing).get(i);
    }

    int group(boolean asked) {
        return (asked ? group : noGroup).orElseThrow();
    }
}
