package io.sampler4j.runtime.plugin.trial;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/** Remembers what was lent to a plugin, without holding it. Thread-safe. */
public final class Witness {
    private final List<WeakReference<Object>> lent = new ArrayList<>();

    /** Nothing lent yet. */
    public Witness() {}

    synchronized <T> T lends(T object) {
        lent.add(new WeakReference<>(object));
        return object;
    }

    /** How much of it is still held by somebody, as far as the garbage collector knows; forgets what is not. */
    public synchronized int held() {
        lent.removeIf(r -> r.get() == null);
        return lent.size();
    }
}
