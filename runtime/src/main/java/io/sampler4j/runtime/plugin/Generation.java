package io.sampler4j.runtime.plugin;

import io.sampler4j.api.plugin.Offer;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.pf4j.PluginWrapper;

/**
 * The plugins that were loaded together. Leased by runs; closed, with its class loaders, when it was retired and the
 * last lease is given back. Thread-safe.
 */
final class Generation {
    private final long number;
    private final HostPluginManager manager;
    private final Staging staging;
    private final Registry registry;
    private final List<PluginReport> reports;
    private final List<JarLint> live;
    private final List<WeakReference<ClassLoader>> loaders;
    private final LongConsumer whenClosed;
    private int leases;
    private boolean retired;
    private boolean closed;

    private Generation(
            long number,
            HostPluginManager manager,
            Staging staging,
            List<PluginReport> reports,
            List<JarLint> live,
            LongConsumer whenClosed) {
        this.number = number;
        this.manager = manager;
        this.staging = staging;
        this.reports = reports;
        this.live = live;
        this.whenClosed = whenClosed;
        registry = new Registry(reports.stream()
                .filter(r -> r.state() == PluginReport.State.LIVE)
                .toList());
        loaders = manager.getPlugins().stream()
                .map(p -> new WeakReference<>(p.getPluginClassLoader()))
                .toList();
    }

    /**
     * Loads every good jar.
     *
     * @param number its place among the host's generations
     * @param fixed the plugins on the class path, whose ids and names are taken
     * @param jars in the order of their reports
     * @param before what is live now. It goes first, then what is to replace it, then newcomers, each by the names of their
     *     files, so that no newcomer takes an id or a name from it; and a file whose new jar is refused keeps its old one
     * @param staging holds the copies, of which those that go live are held until the generation is closed
     * @param whenClosed is told its number, on the thread that closes it
     */
    static Generation load(
            long number,
            List<PluginReport> fixed,
            List<JarLint> jars,
            List<JarLint> before,
            Staging staging,
            LongConsumer whenClosed) {
        HostPluginManager manager = new HostPluginManager(staging.directory());
        Map<Path, JarLint> former = new HashMap<>();
        Set<String> incumbents = new HashSet<>();
        for (JarLint jar : before) {
            former.put(jar.file(), jar);
            incumbents.add(jar.sha256());
        }
        List<JarLint> loaded = new ArrayList<>();
        try {
            Map<JarLint, List<PluginReport>> reports = new IdentityHashMap<>();
            List<PluginReport> live = new ArrayList<>(fixed);
            live.removeIf(r -> r.state() != PluginReport.State.LIVE);
            List<JarLint> ordered = jars.stream()
                    .sorted(Comparator.comparing((JarLint j) -> !incumbents.contains(j.sha256()))
                            .thenComparing(j -> !former.containsKey(j.file()))
                            .thenComparing(j -> j.file().getFileName().toString()))
                    .toList();
            for (JarLint jar : ordered) {
                PluginReport report = load(jar, manager, live);
                List<PluginReport> both = new ArrayList<>(List.of(report));
                reports.put(jar, both);
                JarLint kept = former.get(jar.file());
                if (report.state() == PluginReport.State.LIVE) {
                    live.add(report);
                    loaded.add(jar);
                } else if (kept != null && !kept.sha256().equals(jar.sha256())) {
                    PluginReport old = load(kept, manager, live);
                    if (old.state() == PluginReport.State.LIVE) {
                        both.set(0, report.keeping(old));
                        both.add(old);
                        live.add(old);
                        loaded.add(kept);
                    }
                }
            }
            Generation generation = new Generation(
                    number,
                    manager,
                    staging,
                    Stream.concat(fixed.stream(), jars.stream().flatMap(j -> reports.get(j).stream()))
                            .toList(),
                    List.copyOf(loaded),
                    whenClosed);
            loaded.forEach(j -> staging.hold(j.sha256()));
            return generation;
        } catch (RuntimeException | Error e) {
            unloadAll(manager);
            throw e;
        }
    }

    private static PluginReport load(JarLint jar, HostPluginManager manager, List<PluginReport> live) {
        if (!jar.ok()) return PluginReport.refused(jar, jar.problem(), jar.remedy());
        try {
            OfferLint.checkId(jar, live);
            List<Offer<?>> offers = Loading.offers(jar, manager);
            OfferLint.check(offers, live);
            return PluginReport.live(jar, offers);
        } catch (Fault e) {
            Loading.unload(manager, jar.id());
            return PluginReport.refused(jar, e.getMessage(), e.remedy());
        } catch (Throwable e) {
            // Whatever a plugin throws, an AssertionError or a checked exception in disguise, is its own affair.
            Loading.unload(manager, jar.id());
            Fault fault = Loading.fault(e);
            return PluginReport.refused(jar, fault.getMessage(), fault.remedy());
        }
    }

    synchronized boolean acquire() {
        if (closed) return false;
        leases++;
        return true;
    }

    void release() {
        boolean close;
        synchronized (this) {
            leases--;
            close = retired && leases == 0 && !closed;
            if (close) closed = true;
        }
        if (close) close();
    }

    /** No new leases are given; it closes now, or with its last lease. */
    void retire() {
        boolean close;
        synchronized (this) {
            retired = true;
            close = leases == 0 && !closed;
            if (close) closed = true;
        }
        if (close) close();
    }

    private void close() {
        discard();
        whenClosed.accept(number);
    }

    /** Unloads what never went live; nobody is told. */
    void discard() {
        unloadAll(manager);
        live.forEach(j -> staging.release(j.sha256()));
    }

    private static void unloadAll(HostPluginManager manager) {
        synchronized (manager) {
            for (PluginWrapper plugin : List.copyOf(manager.getPlugins()))
                Loading.unload(manager, plugin.getPluginId());
        }
    }

    long number() {
        return number;
    }

    Registry registry() {
        return registry;
    }

    List<PluginReport> reports() {
        return reports;
    }

    /** The jars that are live, as they were looked at. */
    List<JarLint> live() {
        return live;
    }

    /** The class loaders of its plugins. */
    List<WeakReference<ClassLoader>> loaders() {
        return loaders;
    }

    synchronized int leases() {
        return leases;
    }
}
