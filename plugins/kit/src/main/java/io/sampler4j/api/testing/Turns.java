package io.sampler4j.api.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs on threads of their own, of which one moves at a time, and hands on to the next whenever it asks its network: the
 * same interleaving each time, and the worst there is for what two runs share.
 */
final class Turns {
    private final boolean[] waiting;
    private int turn;

    private Turns(int runs) {
        waiting = new boolean[runs];
        java.util.Arrays.fill(waiting, true);
    }

    /** A run, told how to hand on. */
    @FunctionalInterface
    interface Turn<T> {
        T take(Runnable handOn) throws Exception;
    }

    /** What each gives, in order; what one throws. */
    static <T> List<T> take(List<Turn<T>> runs) throws Exception {
        Turns turns = new Turns(runs.size());
        ExecutorService threads = Executors.newFixedThreadPool(runs.size(), r -> {
            Thread thread = new Thread(r, "plugin-kit");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < runs.size(); i++) futures.add(threads.submit(turns.run(i, runs.get(i))));
            List<T> results = new ArrayList<>();
            for (Future<T> each : futures) results.add(each.get());
            return results;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) throw cause;
            throw e;
        } finally {
            threads.shutdownNow();
        }
    }

    private <T> Callable<T> run(int me, Turn<T> run) {
        return () -> {
            try {
                await(me);
                return run.take(() -> {
                    handOn(me);
                    await(me);
                });
            } finally {
                leave(me);
            }
        };
    }

    private synchronized void await(int me) {
        boolean interrupted = false;
        while (turn != me) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private synchronized void handOn(int me) {
        for (int i = 1; i <= waiting.length; i++) {
            int next = (me + i) % waiting.length;
            if (waiting[next]) {
                turn = next;
                break;
            }
        }
        notifyAll();
    }

    private synchronized void leave(int me) {
        waiting[me] = false;
        handOn(me);
    }
}
