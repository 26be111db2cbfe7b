package io.sampler4j.runtime.plugin;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.RefusedException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Has a plugin called on another thread while a run is planned, and gives up on it when it does not come back: nothing can
 * end the call itself, but whoever plans does not hang with it. Its thread is interrupted, and goes on until the plugin
 * returns, or calls the host. Thread-safe.
 *
 * <p>A call has as many seconds as the system property {@code sampler4j.plan.limit} says, 30 unless it is set. What the
 * host does within such a call, such as loading another network, does not count.
 */
public final class Watchdog {
    private static final String LIMIT = "sampler4j.plan.limit";
    private static final long SECONDS = 30;

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final ExecutorService THREADS =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "sampler4j-plan-" + NUMBER.incrementAndGet());
                thread.setDaemon(true);
                thread.setContextClassLoader(null);
                return thread;
            });
    private static final ThreadLocal<Call<?>> CURRENT = new ThreadLocal<>();

    private Watchdog() {}

    /**
     * Calls and waits. A call within a call is part of it.
     *
     * @throws RefusedException if it does not come back, naming where it is
     */
    public static <T> T call(Supplier<T> plugin) {
        if (CURRENT.get() != null) return plugin.get();
        Call<T> call = new Call<>(plugin, Thread.currentThread().getContextClassLoader());
        THREADS.execute(call);
        return call.await();
    }

    /** Calls on this thread, which somebody else watches: calls within are part of it. */
    static <T> T here(Callable<T> work) throws Exception {
        CURRENT.set(new Call<>(() -> null, null));
        try {
            return work.call();
        } finally {
            CURRENT.remove();
        }
    }

    /** Does the host's own work within a call, for which the clock stands still. */
    public static <T> T untimed(Supplier<T> work) {
        Call<?> call = CURRENT.get();
        if (call == null) return work.get();
        call.pause();
        try {
            return work.get();
        } finally {
            call.resume();
        }
    }

    /**
     * For the host's methods that a plugin calls: ends a call that was given up.
     *
     * @throws CancelledException if nobody waits for this call any more
     */
    public static void check() {
        Call<?> call = CURRENT.get();
        if (call != null && call.isGivenUp()) {
            throw new CancelledException("nobody waits for this plan any more: it took too long");
        }
    }

    private static final class Call<T> implements Runnable {
        private final Supplier<T> plugin;
        private final ClassLoader context;
        private final Duration limit = Duration.ofSeconds(Long.getLong(LIMIT, SECONDS));
        private long deadline = System.nanoTime() + limit.toNanos();
        private long pausedAt;
        private boolean paused;
        private boolean done;
        private boolean givenUp;
        private T value;
        private Throwable failure;
        private Thread thread;

        Call(Supplier<T> plugin, ClassLoader context) {
            this.plugin = plugin;
            this.context = context;
        }

        @Override
        public void run() {
            begin();
            T made = null;
            Throwable thrown = null;
            try {
                made = plugin.get();
            } catch (Throwable e) {
                thrown = e;
            }
            end(made, thrown);
        }

        private synchronized void begin() {
            thread = Thread.currentThread();
            thread.setContextClassLoader(context);
            CURRENT.set(this);
        }

        private synchronized void end(T made, Throwable thrown) {
            CURRENT.remove();
            thread.setContextClassLoader(null);
            thread = null;
            value = made;
            failure = thrown;
            done = true;
            notifyAll();
        }

        synchronized void pause() {
            paused = true;
            pausedAt = System.nanoTime();
        }

        synchronized void resume() {
            paused = false;
            deadline += System.nanoTime() - pausedAt;
            notifyAll();
        }

        synchronized boolean isGivenUp() {
            return givenUp;
        }

        synchronized T await() {
            try {
                while (!done) {
                    long left = deadline - System.nanoTime();
                    if (paused) wait();
                    else if (left > 0) TimeUnit.NANOSECONDS.timedWait(this, left);
                    else throw new RefusedException(giveUp());
                }
            } catch (InterruptedException e) {
                giveUp();
                Thread.currentThread().interrupt();
                throw new CancelledException("the thread that planned the run was interrupted");
            }
            if (failure instanceof RuntimeException e) throw e;
            if (failure instanceof Error e) throw e;
            return value;
        }

        private String giveUp() {
            givenUp = true;
            if (thread == null)
                return "no thread was free to plan the run within " + limit.toSeconds() + " s: try again";
            String place = place(thread.getStackTrace());
            thread.interrupt();
            return "a plugin did not come back within " + limit.toSeconds() + " s while the run was planned" + place
                    + ". It goes on in the thread " + thread.getName()
                    + ", which nothing can end: take the plugin out, and start the process anew when it can be. A plugin that"
                    + " needs longer gets it with -D" + LIMIT + "=SECONDS";
        }
    }

    /** Where a thread is in code that is neither the JDK's nor the host's; empty where it is in none. */
    static String place(StackTraceElement[] trace) {
        for (StackTraceElement at : trace) {
            if (!at.getClassName()
                    .matches("(java|javax|jdk|sun|org\\.pf4j|io\\.sampler4j\\.(api|runtime|tensor|model))\\..*")) {
                return ", in " + at;
            }
        }
        return "";
    }
}
