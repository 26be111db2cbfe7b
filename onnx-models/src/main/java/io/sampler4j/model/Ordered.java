package io.sampler4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Maps of the manifest keep the order in which they were written; {@link Map#copyOf} would not. */
final class Ordered {
    private Ordered() {}

    static <K, V> Map<K, V> copy(Map<K, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
