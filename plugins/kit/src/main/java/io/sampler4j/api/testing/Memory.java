package io.sampler4j.api.testing;

import java.lang.management.ManagementFactory;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** What stays in memory, and what goes through it. */
final class Memory {
    private static final int COLLECTIONS = 40;
    private static final long WAIT_MILLIS = 50;
    private static final int RUNS = 5;

    private Memory() {}

    /**
     * How many of the objects are not collected once nothing else holds them. The supplier lets go of them when it
     * returns.
     */
    static int kept(Supplier<List<?>> makes) throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        List<WeakReference<Object>> references = references(makes, queue);
        int left = references.size();
        for (int i = 0; i < COLLECTIONS && left > 0; i++) {
            System.gc();
            while (left > 0 && queue.remove(WAIT_MILLIS) != null) left--;
        }
        return left;
    }

    /** In a method of its own, so that no local variable of the caller holds one. */
    private static List<WeakReference<Object>> references(Supplier<List<?>> makes, ReferenceQueue<Object> queue) {
        List<WeakReference<Object>> references = new ArrayList<>();
        for (Object each : makes.get()) references.add(new WeakReference<>(each, queue));
        return references;
    }

    /** The fewest bytes that this thread allocates in it, of several tries; empty where the JVM does not count. */
    static OptionalLong allocated(Runnable work) {
        if (!(ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads)
                || !threads.isThreadAllocatedMemorySupported()) {
            return OptionalLong.empty();
        }
        threads.setThreadAllocatedMemoryEnabled(true);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < RUNS; i++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            work.run();
            least = Math.min(
                    least,
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        return OptionalLong.of(least);
    }
}
