package io.sampler4j.runtime.text;

import com.hubspot.jinjava.util.ForLoop;
import java.util.List;

/** The variable {@code loop}: jinjava's, which the tags {@code break} and {@code continue} look for, with its neighbours. */
final class Loop extends ForLoop {
    private final List<Object> values;

    Loop(List<Object> values) {
        super(values.iterator(), values.size());
        this.values = values;
    }

    /** A member as Jinja names it; null where it is undefined. */
    Object member(String name) {
        int i = getIndex0();
        return switch (name) {
            case "index" -> (long) i + 1;
            case "index0" -> (long) i;
            case "revindex" -> (long) values.size() - i;
            case "revindex0" -> (long) values.size() - i - 1;
            case "first" -> i == 0;
            case "last" -> i == values.size() - 1;
            case "length" -> (long) values.size();
            case "previtem" -> i > 0 ? values.get(i - 1) : null;
            case "nextitem" -> i + 1 < values.size() ? values.get(i + 1) : null;
            default -> null;
        };
    }
}
