package io.sampler4j.runtime.run;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.onnx.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** The parts of some work, as many at once as its batching says. */
final class SideBySide {
    private SideBySide() {}

    /** One part. */
    interface Work {
        /** @param stop is cancelled with the whole, and when another part failed */
        void part(int index, Batching.Part part, Cancellation stop);
    }

    /** Does them all: on this thread where one goes at a time. The first failure ends the others and is thrown. */
    static void run(Batching batching, Cancellation cancellation, Work work) {
        List<Batching.Part> parts = batching.parts();
        if (batching.workers() == 1) {
            for (int i = 0; i < parts.size(); i++) work.part(i, parts.get(i), cancellation);
            return;
        }
        AtomicInteger number = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(batching.workers(), task -> {
            Thread thread = new Thread(task, "sampler4j-run-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        Cancellation siblings = new Cancellation();
        Cancellation.Registration tied = cancellation.onCancel(() -> siblings.cancel("the run was cancelled"));
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                int index = i;
                futures.add(pool.submit(() -> {
                    siblings.check();
                    work.part(index, parts.get(index), siblings);
                }));
            }
            join(futures, siblings, cancellation);
        } finally {
            tied.close();
            pool.shutdown();
        }
    }

    /** Waits for every part, so that none is left running; the first failure ends the others and is thrown. */
    private static void join(List<Future<?>> futures, Cancellation siblings, Cancellation cancellation) {
        Throwable failure = null;
        for (Future<?> future : futures) {
            while (true) {
                try {
                    future.get();
                } catch (InterruptedException e) {
                    cancellation.cancel("the thread that waited for the run was interrupted");
                    siblings.cancel("interrupted");
                    Thread.currentThread().interrupt();
                    failure = new CancelledException("the thread that waited for the run was interrupted");
                    break;
                } catch (ExecutionException e) {
                    if (failure == null || failure instanceof CancelledException) failure = e.getCause();
                    siblings.cancel("another part of the run failed");
                }
                break;
            }
        }
        if (failure instanceof RuntimeException e) throw e;
        if (failure instanceof Error e) throw e;
    }
}
