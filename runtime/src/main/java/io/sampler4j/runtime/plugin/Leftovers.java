package io.sampler4j.runtime.plugin;

import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a plugin left in this JVM: threads, shutdown hooks, values in threads. Reads fields of the JDK, for which a probe
 * opens {@code java.lang} to itself. Confined to one thread.
 */
final class Leftovers {
    /** For a thread that is about to end, in milliseconds. */
    private static final long MOMENT = 500;

    private final Set<Thread> threads = threads();
    private final Set<Thread> hooks = hooks();

    /** What is there now is not the plugin's. */
    Leftovers() {}

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    /**
     * Looks for what is there now.
     *
     * @param worker the thread that the plugin was tried on
     * @param statics ThreadLocals that its classes hold
     * @throws Fault naming the first that was found
     */
    void check(Thread worker, Set<ThreadLocal<?>> statics, ClassLoader plugin) throws Fault, InterruptedException {
        for (Thread thread : threads()) {
            if (threads.contains(thread) || thread.getName().startsWith("ForkJoinPool.commonPool-")) continue;
            thread.join(MOMENT);
            if (!thread.isAlive()) continue;
            throw new Fault(
                    "it started the thread \"" + thread.getName() + "\", which goes on when its runs are over",
                    "do the work on the thread that calls: the host spreads a run over threads by itself");
        }
        Set<Thread> added = hooks();
        added.removeAll(hooks);
        if (!added.isEmpty()) {
            throw new Fault(
                    "it added a shutdown hook to the JVM, which keeps its classes loaded for ever",
                    "a plugin has nothing to do when the JVM ends: leave it out");
        }
        if (holdsThreadLocal(worker, plugin, statics)) {
            throw new Fault(
                    "it leaves a ThreadLocal in the host's thread, which keeps what it holds after the plugin is gone",
                    "keep it in a local variable of the run, or remove() it before the run returns");
        }
    }

    private static Set<Thread> hooks() {
        try {
            Object all = field(Class.forName("java.lang.ApplicationShutdownHooks"), "hooks")
                    .get(null);
            Set<Thread> hooks = Collections.newSetFromMap(new IdentityHashMap<>());
            for (Object hook : ((Map<?, ?>) all).keySet()) {
                // The JDK adds hooks of its own kinds when they are needed first, such as that of its loggers.
                boolean jdks =
                        hook.getClass() != Thread.class && hook.getClass().getClassLoader() == null;
                if (!jdks) hooks.add((Thread) hook);
            }
            return hooks;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM keeps its shutdown hooks elsewhere", e);
        }
    }

    /** Whether a thread holds one whose class, value or maker is the plugin's, or that a static field of its classes holds. */
    private static boolean holdsThreadLocal(Thread thread, ClassLoader plugin, Set<ThreadLocal<?>> statics) {
        try {
            for (String map : List.of("threadLocals", "inheritableThreadLocals")) {
                Object locals = field(Thread.class, map).get(thread);
                if (locals == null) continue;
                Object table = field(locals.getClass(), "table").get(locals);
                for (int i = 0; i < Array.getLength(table); i++) {
                    Object entry = Array.get(table, i);
                    if (entry == null) continue;
                    Object key = ((Reference<?>) entry).get();
                    Object value = field(entry.getClass(), "value").get(entry);
                    if (isOf(plugin, key) || isOf(plugin, value) || isOf(plugin, maker(key))) return true;
                    if (key instanceof ThreadLocal<?> local && statics.contains(local)) return true;
                }
            }
            return false;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM keeps its ThreadLocals elsewhere", e);
        }
    }

    private static Object maker(Object key) throws ReflectiveOperationException {
        if (key == null || !key.getClass().getName().equals("java.lang.ThreadLocal$SuppliedThreadLocal")) return null;
        return field(key.getClass(), "supplier").get(key);
    }

    private static boolean isOf(ClassLoader plugin, Object object) {
        return object != null && object.getClass().getClassLoader() == plugin;
    }

    private static Field field(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
