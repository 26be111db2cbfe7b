package io.sampler4j.runtime.plugin;

import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
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
import org.pf4j.PluginState;
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
     * @param jars in the order of their reports
     * @param before what is live now. It goes first, then what is to replace it, then newcomers, each by the names of their
     *     files, so that no newcomer takes an id or a name from it; and a file whose new jar is refused keeps its old one
     * @param staging holds the copies, of which those that go live are held until the generation is closed
     * @param whenClosed is told its number, on the thread that closes it
     */
    static Generation load(
            long number, List<JarLint> jars, List<JarLint> before, Staging staging, LongConsumer whenClosed) {
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
            List<PluginReport> live = new ArrayList<>();
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
                    jars.stream().flatMap(j -> reports.get(j).stream()).toList(),
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
        for (PluginReport other : live) {
            if (!other.id().equals(jar.id())) continue;
            String same = other.sha256().equals(jar.sha256()) ? "the same plugin twice" : "another plugin of the id";
            return PluginReport.refused(
                    jar,
                    "it is " + same + " " + jar.id() + ", which " + other.file() + " (" + other.version() + ") brings",
                    "remove one of the two files");
        }
        try {
            manager.loadPlugin(jar.staged());
            List<Offer<?>> offers = offers(manager.getPlugin(jar.id()), manager);
            OfferLint.check(offers, live);
            return PluginReport.live(jar, offers);
        } catch (Fault e) {
            unload(manager, jar.id());
            return PluginReport.refused(jar, e.getMessage(), e.remedy());
        } catch (Throwable e) {
            // Whatever a plugin throws, an AssertionError or a checked exception in disguise, is its own affair.
            unload(manager, jar.id());
            rethrowIfTheJvmFails(e);
            return PluginReport.refused(jar, "it cannot be loaded: " + root(e), remedy(e));
        }
    }

    private static List<Offer<?>> offers(PluginWrapper plugin, HostPluginManager manager) throws Fault {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(plugin.getPluginClassLoader());
        try {
            start(plugin, manager);
            List<Offer<?>> offers = contribution(plugin, manager).offers();
            if (offers == null || offers.isEmpty() || offers.stream().anyMatch(o -> o == null)) {
                throw new Fault("it offers nothing", "let offers() list every component, none of them null");
            }
            return List.copyOf(offers);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** PF4J notes what a Plugin-Class throws, and goes on. */
    private static void start(PluginWrapper plugin, HostPluginManager manager) throws Fault {
        if (manager.startPlugin(plugin.getPluginId()) == PluginState.STARTED) return;
        Throwable failure = plugin.getFailedException();
        throw new Fault(
                "its Plugin-Class " + plugin.getDescriptor().getPluginClass() + " cannot be made and started"
                        + (failure == null ? "" : ": " + root(failure)),
                "leave Plugin-Class out of the manifest, since a plugin needs none, or ask its author");
    }

    /** Made here and not by PF4J's finder, which swallows what a constructor throws. */
    private static Contribution contribution(PluginWrapper plugin, HostPluginManager manager) throws Fault {
        String name =
                manager.getExtensionClassNames(plugin.getPluginId()).iterator().next();
        try {
            Object made = plugin.getPluginClassLoader()
                    .loadClass(name)
                    .getConstructor()
                    .newInstance();
            if (made instanceof Contribution c) return c;
        } catch (InvocationTargetException e) {
            rethrowIfTheJvmFails(e.getCause());
            throw new IllegalStateException(e.getCause());
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new Fault(
                    "its extension " + name + " has no public constructor without arguments",
                    "give it one, and make it public");
        }
        throw new Fault(
                "its extension " + name + " is no " + Contribution.class.getName(),
                "let it implement that interface, compiled against framework-api as scope provided");
    }

    /** Throws nothing that a plugin throws: the next plugin has to be unloaded too. */
    private static void unload(HostPluginManager manager, String id) {
        PluginWrapper plugin = manager.getPlugin(id);
        if (plugin == null) return;
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(plugin.getPluginClassLoader());
        try {
            manager.stopPlugin(id);
        } catch (Throwable e) {
            rethrowIfTheJvmFails(e);
            // Otherwise PF4J would stop it again before it unloads it, and give up.
            plugin.setPluginState(PluginState.FAILED);
        } finally {
            thread.setContextClassLoader(before);
        }
        manager.unloadPlugin(id);
    }

    private static void rethrowIfTheJvmFails(Throwable e) {
        if (e instanceof VirtualMachineError failure && !(e instanceof StackOverflowError)) throw failure;
    }

    private static Throwable root(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
        return cause;
    }

    private static String remedy(Throwable e) {
        Throwable cause = root(e);
        if (cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException) {
            return "a plugin sees the JDK and framework-api only: shade what else it needs into its jar, relocated";
        }
        return "its constructor, its static initialisers and offers() must not throw: ask its author";
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
            for (PluginWrapper plugin : List.copyOf(manager.getPlugins())) unload(manager, plugin.getPluginId());
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
