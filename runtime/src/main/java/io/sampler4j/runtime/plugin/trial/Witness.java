package io.sampler4j.runtime.plugin.trial;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashSet;
import java.util.Set;

/** Remembers what was lent to a plugin, without holding it. Thread-safe. */
public final class Witness {
    private final Set<Reference<?>> lent = new HashSet<>();
    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();

    /** Nothing lent yet. */
    public Witness() {}

    synchronized <T> T lends(T object) {
        forgetGone();
        lent.add(new WeakReference<>(object, gone));
        return object;
    }

    /** How much of it is still held by somebody, as far as the garbage collector knows; forgets what is not. */
    public synchronized int held() {
        forgetGone();
        return lent.size();
    }

    /** A plugin that borrows without end is not to be held up by what this remembers of it. */
    private void forgetGone() {
        for (Reference<?> r; (r = gone.poll()) != null; ) lent.remove(r);
    }
}
