package io.sampler4j.runtime.plugin;

import io.sampler4j.api.error.RefusedException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins of some directories. One generation of them is current; runs lease it, and keep what they leased when
 * another takes its place. Thread-safe.
 *
 * <p>An id, and a name or alias of a kind, has one owner: what is live keeps it through {@link #reload()}, and among
 * newcomers, as when a host is opened, the first by the name of its file. The other plugin is refused as a whole, with a
 * report that names both files: half a plugin would be a surprise later, in the middle of someone's work.
 *
 * <p>A switch is one atomic reference: who leases after it gets the next generation, and nobody waits. A jar that is
 * refused takes nothing from what is live: if one of the same file was, that one stays.
 */
public final class PluginHost implements AutoCloseable {
    /** The version of framework-api that this host is. */
    public static final String API_VERSION = "1.0.0";

    static final Logger LOG = LoggerFactory.getLogger("io.sampler4j.plugins");
    /** Switches that can be rolled back, one after the other. */
    private static final int HISTORY = 8;

    /** For the next verdict of a probe, after which what passed goes live without those that still go on. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final PluginSettings settings;
    private final Probe probe;
    private final Verdicts verdicts;
    /** Those on the class path, in every generation alike. */
    private final List<PluginReport> fixed;

    private final Staging staging;
    private final AtomicReference<Generation> current = new AtomicReference<>();
    private final Former former = new Former();
    private final List<PluginListener> listeners = new CopyOnWriteArrayList<>();
    private final List<PluginGate> gates = new CopyOnWriteArrayList<>();
    /** What was live before the last switches, the latest last; the copies are held. */
    private final Deque<List<JarLint>> history = new ArrayDeque<>();
    /** Hashes that were rolled back: a watched directory does not bring them back by itself. */
    private final Set<String> withdrawn = new HashSet<>();
    /** Hashes that a roll-back brought back though their files are gone: a watched directory does not take them away. */
    private final Set<String> restored = new HashSet<>();

    private final List<DirectoryWatch> watches = new CopyOnWriteArrayList<>();
    /** What the directories held when they were looked at last: files and hashes. */
    private Set<List<Object>> lastLook = Set.of();

    private long switches;

    private PluginHost(PluginSettings settings) {
        this.settings = settings;
        probe = new Probe(settings.probeTime(), settings.probeHeap());
        verdicts = new Verdicts(settings.verdicts());
        fixed = settings.classPath().map(ClassPathPlugins::of).orElse(List.of());
        listeners.add(new SwapLog(settings.log()));
        staging = Staging.open();
    }

    /**
     * Loads the jars of these directories, with the settings of {@link PluginSettings#of}. A directory that is not there
     * has none; a bad jar is reported and hides no other.
     *
     * @throws RefusedException if a directory is none, cannot be read, or can be written by everyone, or jars cannot be
     *     copied to the directory for temporary files
     */
    public static PluginHost open(List<Path> directories) {
        return open(PluginSettings.of(directories));
    }

    /**
     * As {@link #open(List)}, with more or less asked of a plugin.
     *
     * @throws RefusedException as there, or if the allow-list cannot be read or the log cannot be written
     */
    public static PluginHost open(PluginSettings settings) {
        PluginHost host = new PluginHost(settings);
        try {
            host.fromDirectories(Swap.Cause.OPEN, user());
            return host;
        } catch (RuntimeException | Error e) {
            host.staging.close();
            throw e;
        }
    }

    private static String user() {
        return System.getProperty("user.name", "?");
    }

    /** As {@link #reload(String)}, by the user that this process belongs to. */
    public Swap reload() {
        return reload(user());
    }

    /**
     * Loads the directories anew and makes that current, at once for all who lease after. What was rolled back goes live
     * again where its file is still there.
     *
     * @param by who asks for it, for the log
     * @throws RefusedException as {@link #open}, or with the reasons of a {@link PluginGate}; then what was current still is
     */
    public synchronized Swap reload(String by) {
        live();
        withdrawn.clear();
        restored.clear();
        return fromDirectories(Swap.Cause.RELOAD, by).orElseThrow();
    }

    /** As {@link #watch(Duration)}, with a second for a file that is being copied. */
    public Registration watch() {
        return watch(Duration.ofSeconds(1));
    }

    /**
     * Follows the directories until what is returned, or the host, is closed: whatever comes, changes or goes is switched as
     * by {@link #reload()}, on a thread of the watch's, and told to listeners. What was rolled back stays as it is.
     *
     * @param quiet how long nothing may change there before it is switched: longer than a copy ever stops for breath
     */
    public Registration watch(Duration quiet) {
        live();
        DirectoryWatch watch =
                new DirectoryWatch(settings.directories(), quiet, this::directoryChanged, this::lookForCollected);
        watches.add(watch);
        watch.start();
        return () -> {
            watch.close();
            watches.remove(watch);
        };
    }

    /** Switches as {@link #reload(String)} does, but for what was rolled back, and unless all is as it was at the last look. */
    synchronized Optional<Swap> directoryChanged() {
        live();
        return fromDirectories(Swap.Cause.WATCH, "watch");
    }

    /** As {@link #rollBack(String)}, by the user that this process belongs to. */
    public Swap rollBack() {
        return rollBack(user());
    }

    /**
     * Makes the plugins current that were before the last switch that changed any, from the copies that were kept of them:
     * their files need not be there any more. Once more goes back further, over {@value #HISTORY} switches at most. Files are
     * not touched: {@link #reload()} undoes it, and a watched directory does not.
     *
     * @param by who asks for it, for the log
     * @throws RefusedException if there is nothing to go back to, or with the reasons of a {@link PluginGate}; then what was
     *     current still is
     */
    public synchronized Swap rollBack(String by) {
        Generation now = live();
        if (history.isEmpty()) {
            throw new RefusedException(
                    "there are no plugins to roll back to: none were switched since the host was opened, or all switches"
                            + " were rolled back");
        }
        List<JarLint> before = history.getLast();
        Swap swap;
        try {
            AllowList allowed = AllowList.read(settings.allowList());
            swap = swap(Swap.Cause.ROLL_BACK, by, allowed(before, allowed), allowed);
        } catch (RuntimeException | Error e) {
            tell(l -> l.untouched(Swap.Cause.ROLL_BACK, by, e.getMessage()));
            throw e;
        }
        history.removeLast();
        Set<String> back = hashes(before), gone = hashes(now.live());
        withdrawn.addAll(gone);
        withdrawn.removeAll(back);
        restored.addAll(back);
        restored.removeAll(gone);
        letGo(before);
        return swap;
    }

    /** A list of allowed plugins may have become shorter since. */
    private static List<JarLint> allowed(List<JarLint> jars, AllowList list) {
        List<JarLint> allowed = new ArrayList<>();
        for (JarLint jar : jars) {
            try {
                list.require(jar.sha256());
                allowed.add(jar);
            } catch (Fault e) {
                allowed.add(jar.refused(e.getMessage(), e.remedy()));
            }
        }
        return allowed;
    }

    private static Set<String> hashes(List<JarLint> jars) {
        return jars.stream().map(JarLint::sha256).collect(Collectors.toSet());
    }

    /**
     * Stages and looks at what lies in the directories, tries what is new, and makes it current; empty where a watched
     * directory holds what it held.
     */
    private synchronized Optional<Swap> fromDirectories(Swap.Cause cause, String by) {
        List<JarLint> jars = new ArrayList<>();
        try (Probes probes = new Probes(probe, verdicts)) {
            AllowList allowed = AllowList.read(settings.allowList());
            lookAtDirectories(cause, allowed, jars);
            Set<List<Object>> look = jars.stream()
                    .map(j -> List.<Object>of(j.file(), j.sha256()))
                    .collect(Collectors.toSet());
            if (cause == Swap.Cause.WATCH) {
                if (look.equals(lastLook)) return Optional.empty();
                addRestored(jars);
            }
            jars.stream().filter(j -> needsProbe(cause, j)).forEach(j -> {
                tell(l -> l.probing(j.file(), j.sha256()));
                probes.start(j);
            });
            Optional<Swap> first = Optional.empty();
            while (!probes.await(PATIENCE)) {
                Optional<Swap> early = swapWithoutSlowOnes(cause, by, jars, probes, allowed);
                if (early.isPresent()) first = first.map(early.get()::after).or(() -> early);
            }
            Swap last =
                    swap(cause, by, jars.stream().map(j -> judged(j, probes)).toList(), allowed);
            lastLook = look;
            return Optional.of(first.map(last::after).orElse(last));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            RefusedException refused = new RefusedException("the plugins stay: this thread was interrupted", e);
            tell(l -> l.untouched(cause, by, refused.getMessage()));
            throw refused;
        } catch (RuntimeException | Error e) {
            if (cause != Swap.Cause.OPEN) tell(l -> l.untouched(cause, by, e.getMessage()));
            throw e;
        } finally {
            letGo(jars);
        }
    }

    private JarLint judged(JarLint jar, Probes probes) {
        boolean heeded = jar.ok() && settings.probing() != PluginSettings.Probing.NEVER;
        return heeded ? probes.judged(jar).orElseThrow() : jar;
    }

    private boolean needsProbe(Swap.Cause cause, JarLint jar) {
        boolean asked = switch (settings.probing()) {
            case NEVER -> false;
            case NEWCOMERS -> cause != Swap.Cause.OPEN;
            case ALWAYS -> true;
        };
        return asked
                && jar.ok()
                && !known().containsKey(jar.sha256())
                && verdicts.find(jar.sha256()).isEmpty();
    }

    /**
     * Some are still being tried, after which there will be another switch; what passed goes live meanwhile. Whatever is to
     * be replaced by one of the slow ones stays for now.
     */
    private Optional<Swap> swapWithoutSlowOnes(
            Swap.Cause cause, String by, List<JarLint> jars, Probes probes, AllowList allowed) {
        Map<Path, JarLint> live = new HashMap<>();
        Generation now = current.get();
        if (now != null) now.live().forEach(j -> live.put(j.file(), j));
        List<JarLint> ready = new ArrayList<>();
        for (JarLint jar : jars) {
            Optional<JarLint> judged = jar.ok() ? probes.judged(jar) : Optional.of(jar);
            judged.or(() -> Optional.ofNullable(live.get(jar.file()))).ifPresent(ready::add);
        }
        Set<String> next = hashes(ready.stream().filter(JarLint::ok).toList());
        return next.equals(hashes(List.copyOf(live.values())))
                ? Optional.empty()
                : Optional.of(swap(cause, by, ready, allowed));
    }

    private void lookAtDirectories(Swap.Cause cause, AllowList allowed, List<JarLint> jars) {
        Map<String, JarLint> known = known();
        for (Path file : PluginDirectories.jars(settings.directories())) {
            JarLint jar = JarLint.of(file, staging, allowed, known);
            boolean held = cause == Swap.Cause.WATCH && withdrawn.contains(jar.sha256());
            jars.add(
                    held
                            ? jar.refused(
                                    "it was rolled back",
                                    "put another jar in its place, or reload by hand: a watched directory does not bring"
                                            + " it back")
                            : jar);
        }
    }

    /** What a roll-back brought back lies in no directory, perhaps. */
    private void addRestored(List<JarLint> jars) {
        Set<Path> files = jars.stream().map(JarLint::file).collect(Collectors.toSet());
        for (JarLint jar : live().live()) {
            if (!restored.contains(jar.sha256()) || files.contains(jar.file())) continue;
            staging.hold(jar.sha256());
            jars.add(jar);
        }
    }

    /** What was looked at already, by hash. */
    private Map<String, JarLint> known() {
        Map<String, JarLint> known = new HashMap<>();
        for (List<JarLint> past : history) for (JarLint jar : past) known.put(jar.sha256(), jar);
        Generation now = current.get();
        if (now != null) for (JarLint jar : now.live()) known.put(jar.sha256(), jar);
        return known;
    }

    private void letGo(List<JarLint> jars) {
        for (JarLint jar : jars) if (!jar.sha256().isEmpty()) staging.release(jar.sha256());
    }

    /** The one way from a generation to the next; where it throws, nothing has changed. */
    private Swap swap(Swap.Cause cause, String by, List<JarLint> jars, AllowList allowed) {
        Generation old = current.get();
        List<JarLint> before = old == null ? List.of() : old.live();
        List<JarLint> kept =
                before.stream().filter(j -> allowed.allows(j.sha256())).toList();
        Generation next = Generation.load(switches + 1, fixed, jars, kept, staging, this::closed);
        try {
            for (PluginGate gate : gates) gate.check(next.registry());
        } catch (RuntimeException | Error e) {
            next.discard();
            throw e;
        }
        switches++;
        List<Swap.Change> changes =
                Changes.between(before, old == null ? List.of() : old.reports(), next.live(), next.reports());
        Swap swap = new Swap(next.number(), old == null ? 0 : old.number(), Instant.now(), cause, by, changes);
        current.set(next);
        if (old != null) {
            if (cause != Swap.Cause.ROLL_BACK && !hashes(before).equals(hashes(next.live()))) remember(before);
            former.add(old);
        }
        tell(l -> l.switched(swap));
        if (old != null) old.retire();
        lookForCollected();
        return swap;
    }

    private void remember(List<JarLint> before) {
        before.forEach(j -> staging.hold(j.sha256()));
        history.addLast(before);
        if (history.size() > HISTORY) letGo(history.removeFirst());
    }

    private void closed(long generation) {
        former.closed(generation);
        tell(l -> l.closed(generation));
    }

    private void lookForCollected() {
        for (long generation : former.collected()) tell(l -> l.collected(generation));
    }

    private void tell(Consumer<PluginListener> what) {
        for (PluginListener listener : listeners) {
            try {
                what.accept(listener);
            } catch (RuntimeException | Error e) {
                LOG.error("a listener of the plugins failed", e);
            }
        }
    }

    /** Tells this one, too, until what is returned is closed. */
    public Registration listen(PluginListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Asks this one, too, before anything goes live, until what is returned is closed. */
    public Registration guard(PluginGate gate) {
        gates.add(gate);
        return () -> gates.remove(gate);
    }

    /** Ends what was asked for. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** What became of every jar of the current generation, by file; its offers keep the generation's classes reachable. */
    public List<PluginReport> reports() {
        return live().reports();
    }

    /**
     * The current generation, those that drain, and those that are closed and not collected yet; the latest first. One that
     * was collected is told to listeners here, if it was not before.
     */
    public List<GenerationStatus> generations() {
        lookForCollected();
        List<GenerationStatus> all = former.statuses();
        Generation now = current.get();
        if (now != null) {
            all.add(
                    0,
                    new GenerationStatus(now.number(), GenerationStatus.State.LIVE, now.leases(), hashes(now.live())));
        }
        return List.copyOf(all);
    }

    /** Holds the current generation until it is closed. */
    public Lease lease() {
        while (true) {
            Generation generation = live();
            if (generation.acquire()) return new Lease(generation);
        }
    }

    /** Where the copies are. */
    Path staging() {
        return staging.directory();
    }

    private Generation live() {
        Generation generation = current.get();
        if (generation == null) throw new IllegalStateException("the plugin host is closed");
        return generation;
    }

    /** Unloads every plugin as soon as no run holds it. Idempotent. */
    @Override
    public void close() {
        // Before the lock: a watch holds it while it tries plugins, and ends when it is closed.
        watches.forEach(DirectoryWatch::close);
        synchronized (this) {
            closeAll();
        }
    }

    private void closeAll() {
        Generation last = current.getAndSet(null);
        if (last == null) return;
        former.add(last);
        last.retire();
        history.forEach(this::letGo);
        history.clear();
        staging.close();
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
            return held().registry();
        }

        /**
         * The number of its generation.
         *
         * @throws IllegalStateException if the lease was given back
         */
        public synchronized long generation() {
            return held().number();
        }

        private Generation held() {
            if (generation == null) throw new IllegalStateException("the lease of the plugins was given back");
            return generation;
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
