package io.sampler4j.runtime.limit;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does something later, unless it is called off. */
interface Timer {
    /** What is due, to be called off. */
    interface Due {
        void callOff();
    }

    /** @param action short; it throws nothing */
    Due after(Duration wait, Runnable action);

    /** Forgets what is due. */
    void close();

    /** A time in nanoseconds, or the longest there is. */
    static long nanos(Duration d) {
        try {
            return d.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /** On one daemon thread, which is there only while something is due, and some seconds longer. */
    static Timer onItsOwnThread() {
        ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "sampler4j-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        pool.setRemoveOnCancelPolicy(true);
        pool.setKeepAliveTime(5, TimeUnit.SECONDS);
        pool.allowCoreThreadTimeOut(true);
        return new Timer() {
            @Override
            public Due after(Duration wait, Runnable action) {
                Future<?> due = pool.schedule(action, nanos(wait), TimeUnit.NANOSECONDS);
                return () -> due.cancel(false);
            }

            @Override
            public void close() {
                pool.shutdownNow();
            }
        };
    }
}
