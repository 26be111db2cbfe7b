package io.sampler4j.runtime.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The JVM of a probe: tries one plugin on a thread of its own, looks at what it left behind, and writes the verdict. It
 * ends by itself, whatever the plugin does to its threads, unless the plugin ends it first.
 */
final class ProbeMain {
    private final Path verdict;
    private final Duration time;
    private final int heap;
    private final ExecutorService plugins;
    private volatile Thread worker;
    private volatile String doing = "its JVM started";
    /** Given up when memory is short, so that this can be said. */
    private byte[] reserve = new byte[1 << 20];

    private boolean written;

    private ProbeMain(Path verdict, Duration time, int heap) throws InterruptedException, ExecutionException {
        this.verdict = verdict;
        this.time = time;
        this.heap = heap;
        plugins = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "plugin");
            thread.setDaemon(true);
            return thread;
        });
        plugins.submit(() -> worker = Thread.currentThread()).get();
    }

    /** @param a the copy, the file it is of, its sha256, where the verdict goes, milliseconds, MiB */
    public static void main(String[] a) throws Exception {
        // Whatever the plugin prints is nobody's.
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        System.setOut(nowhere);
        System.setErr(nowhere);
        JarLint jar = JarLint.of(Path.of(a[1]), Path.of(a[0]), a[2]);
        ProbeMain probe = new ProbeMain(Path.of(a[3]), Duration.ofMillis(Long.parseLong(a[4])), Integer.parseInt(a[5]));
        probe.doing("it was loaded");
        Runtime.getRuntime().addShutdownHook(new Thread(probe::ended));
        probe.run(new Tryout(jar, probe::doing));
        Runtime.getRuntime().halt(0);
    }

    /** Where a probe says what it is at, until there is a verdict. */
    static Path began(Path verdict) {
        return verdict.resolveSibling("began");
    }

    private void run(Tryout tryout) {
        try {
            Leftovers leftovers = new Leftovers();
            within(() -> {
                tryout.load();
                return null;
            });
            within(() -> {
                tryout.tryAll();
                return null;
            });
            doing("it was looked over for what it leaves behind");
            leftovers.check(worker, within(tryout::threadLocals), tryout.loader());
            tryout.requireNothingKept();
            doing("it was unloaded");
            within(() -> {
                tryout.unload();
                return null;
            });
            tryout.requireUnloaded();
            write(new Verdict("", "", tryout.notes()));
        } catch (Fault e) {
            write(Verdict.bad(e.getMessage(), e.remedy()));
        } catch (TimeoutException e) {
            write(Verdict.bad(
                    "it did not come back within " + Probe.seconds(time) + " while " + doing
                            + Watchdog.place(worker.getStackTrace()),
                    "look for a loop without an end, or a wait for something that never comes"));
        } catch (InterruptedException e) {
            write(Verdict.bad("it interrupted a thread of the host's while " + doing, "interrupt your own only"));
        } catch (OutOfMemoryError e) {
            reserve = null;
            write(Verdict.bad(
                    "it needs more than " + heap + " MiB of heap while " + doing,
                    "make buffers once for a run, as large as its tensors and no larger"));
        }
    }

    /** Does something of the plugin's on its thread: loading it, trying it and unloading it have the time each. */
    private <T> T within(Callable<T> work) throws Fault, TimeoutException, InterruptedException {
        try {
            return plugins.submit(() -> Watchdog.here(work)).get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Fault fault) throw fault;
            return sneak(e.getCause());
        }
    }

    @SuppressWarnings("unchecked") // Whatever it is, it is thrown as it is.
    private static <T, E extends Throwable> T sneak(Throwable e) throws E {
        throw (E) e;
    }

    private void doing(String what) {
        doing = what;
        try {
            Files.writeString(began(verdict), what);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Somebody ends the JVM, and it is not this program. */
    private void ended() {
        write(Verdict.bad("it ended the JVM while " + doing, "throw an exception: the host ends the run and says why"));
    }

    private synchronized void write(Verdict found) {
        if (written) return;
        written = true;
        try {
            Verdicts.write(verdict, ProbeMain.class.getName(), found);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
