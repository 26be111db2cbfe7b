package io.sampler4j.runtime.plugin;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The plugins of some directories. One generation of them is current; runs lease it, and keep what they leased when
 * another takes its place. Thread-safe.
 *
 * <p>An id, and a name or alias of a kind, has one owner: what is live keeps it through {@link #reload()}, and among
 * newcomers, as when a host is opened, the first by the name of its file. The other plugin is refused as a whole, with a
 * report that names both files: half a plugin would be a surprise later, in the middle of someone's work.
 */
public final class PluginHost implements AutoCloseable {
    /** The version of framework-api that this host is. */
    public static final String API_VERSION = "1.0.0";

    private final List<Path> directories;
    private final AtomicReference<Generation> current = new AtomicReference<>();

    private PluginHost(List<Path> directories) {
        this.directories = directories;
    }

    /**
     * Loads the jars of these directories. A directory that is not there has none; a bad jar is reported and hides no
     * other.
     *
     * @throws io.sampler4j.api.error.RefusedException if a directory is none or cannot be read, or jars cannot be copied
     *     to the directory for temporary files
     */
    public static PluginHost open(List<Path> directories) {
        PluginHost host = new PluginHost(List.copyOf(directories));
        host.current.set(Generation.load(host.directories, Set.of()));
        return host;
    }

    /**
     * Loads the directories anew and makes that current, at once for all who lease after; gives its reports. Where it
     * throws, as {@link #open}, what was current still is.
     */
    public synchronized List<PluginReport> reload() {
        Generation old = live();
        Generation next = Generation.load(directories, old.hashes());
        current.set(next);
        old.retire();
        return next.reports();
    }

    /** What became of every jar of the current generation, by file; its offers keep the generation's classes reachable. */
    public List<PluginReport> reports() {
        return live().reports();
    }

    /** Holds the current generation until it is closed. */
    public Lease lease() {
        while (true) {
            Generation generation = live();
            if (generation.acquire()) return new Lease(generation);
        }
    }

    private Generation live() {
        Generation generation = current.get();
        if (generation == null) throw new IllegalStateException("the plugin host is closed");
        return generation;
    }

    /** Unloads every plugin as soon as no run holds it. Idempotent. */
    @Override
    public synchronized void close() {
        Generation last = current.getAndSet(null);
        if (last != null) last.retire();
    }

    /** A hold on one generation. */
    public static final class Lease implements AutoCloseable {
        /** Null once it is given back, so that whoever keeps the lease does not keep the class loaders. */
        private Generation generation;

        private Lease(Generation generation) {
            this.generation = generation;
        }

        /**
         * Its components.
         *
         * @throws IllegalStateException if the lease was given back: their classes may be gone
         */
        public synchronized Registry registry() {
            if (generation == null) throw new IllegalStateException("the lease of the plugins was given back");
            return generation.registry();
        }

        /** Gives it back. Idempotent. */
        @Override
        public synchronized void close() {
            if (generation == null) return;
            Generation held = generation;
            generation = null;
            held.release();
        }
    }
}
