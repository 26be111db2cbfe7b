package io.sampler4j.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * The classes a network can be asked for: class i has name i.
 *
 * @param names in order
 * @param nullClass the class that means none, for guidance; {@code null} in JSON
 */
public record ClassesSpec(List<String> names, OptionalInt nullClass) {
    /** Copies the list. */
    public ClassesSpec {
        names = List.copyOf(names);
    }
}
