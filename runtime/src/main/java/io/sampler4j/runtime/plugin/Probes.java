package io.sampler4j.runtime.plugin;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The plugins of one look at the directories that are being tried, side by side, so that a slow one keeps no other
 * waiting. Confined to one thread.
 */
final class Probes implements AutoCloseable {
    /** JVMs at once: enough that some which hang leave room for others, and no more than a machine can bear. */
    private static final int AT_ONCE = 8;

    private final Probe probe;
    private final Verdicts verdicts;
    private final Map<String, Future<Verdict>> running = new HashMap<>();
    private final AtomicInteger number = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, task -> {
        Thread thread = new Thread(task, "sampler4j-probe-" + number.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    private final CompletionService<Verdict> done = new ExecutorCompletionService<>(threads);
    private int judged;

    Probes(Probe probe, Verdicts verdicts) {
        this.probe = probe;
        this.verdicts = verdicts;
    }

    /** Begins to try a jar. */
    void start(JarLint jar) {
        running.computeIfAbsent(
                jar.sha256(),
                sha256 -> done.submit(() -> {
                    Verdict verdict = probe.of(jar);
                    verdicts.keep(sha256, verdict);
                    return verdict;
                }));
    }

    /**
     * Waits for the first verdict, and then for the others as long as they come.
     *
     * @param patience for the next, after the first
     * @return whether all are there
     * @throws RuntimeException what a probe threw that could not be done at all
     */
    boolean await(Duration patience) throws InterruptedException {
        while (judged < running.size()) {
            Future<Verdict> next = judged == 0 ? done.take() : done.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (next == null) return false;
            judged++;
            try {
                next.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) throw failure;
                if (e.getCause() instanceof Error failure) throw failure;
                throw new IllegalStateException(e.getCause());
            }
        }
        return true;
    }

    /** A jar as its trial leaves it: as it was, or refused; empty while it goes on. One that is not tried is as it was. */
    Optional<JarLint> judged(JarLint jar) {
        Future<Verdict> probing = running.get(jar.sha256());
        if (probing != null && !probing.isDone()) return Optional.empty();
        Optional<Verdict> verdict = verdicts.find(jar.sha256());
        return Optional.of(verdict.filter(v -> !v.ok())
                .map(v -> jar.refused(v.problem(), v.remedy()))
                .orElse(jar));
    }

    /** Ends what still goes on. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
