package io.sampler4j.runtime.plugin;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;

/**
 * The plugins that were loaded together. Leased by runs; closed, with its class loaders, when it was retired and the
 * last lease is given back. Thread-safe.
 */
final class Generation {
    private final HostPluginManager manager;
    private final Path staging;
    private final Registry registry;
    private final List<PluginReport> reports;
    private int leases;
    private boolean retired;
    private boolean closed;

    private Generation(HostPluginManager manager, Path staging, Registry registry, List<PluginReport> reports) {
        this.manager = manager;
        this.staging = staging;
        this.registry = registry;
        this.reports = reports;
    }

    /**
     * Loads every good jar.
     *
     * @param incumbents hashes of what is live now: those go first, so that no newcomer takes an id or a name from them;
     *     otherwise jars go by the names of their files
     * @throws RefusedException if a directory cannot be read, or there is no place for the copies
     */
    static Generation load(List<Path> directories, Set<String> incumbents) {
        List<Path> files = jars(directories);
        Path staging = staging();
        HostPluginManager manager = new HostPluginManager(staging);
        try {
            Map<Path, PluginReport> reports = new HashMap<>();
            List<PluginReport> live = new ArrayList<>();
            List<JarLint> jars = files.stream().map(f -> JarLint.of(f, staging)).toList();
            List<JarLint> ordered = jars.stream()
                    .sorted(Comparator.comparing((JarLint j) -> !incumbents.contains(j.sha256()))
                            .thenComparing(j -> j.file().getFileName().toString()))
                    .toList();
            for (JarLint jar : ordered) {
                PluginReport report = load(jar, manager, live);
                reports.put(jar.file(), report);
                if (report.state() == PluginReport.State.LIVE) live.add(report);
            }
            return new Generation(
                    manager,
                    staging,
                    new Registry(live),
                    jars.stream().map(j -> reports.get(j.file())).toList());
        } catch (RuntimeException | Error e) {
            unloadAll(manager, staging);
            throw e;
        }
    }

    private static Path staging() {
        try {
            return Files.createTempDirectory("sampler4j-plugins-");
        } catch (IOException e) {
            throw new RefusedException(
                    "plugins are copied to a directory for temporary files before they are loaded, and none can be made"
                            + " there (" + e + "): name one that can be written to with -Djava.io.tmpdir=DIR",
                    e);
        }
    }

    private static List<Path> jars(List<Path> directories) {
        List<Path> jars = new ArrayList<>();
        for (Path directory : directories) {
            if (Files.notExists(directory)) continue;
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(f -> f.getFileName().toString().endsWith(".jar") && Files.isRegularFile(f))
                        .sorted()
                        .forEach(jars::add);
            } catch (IOException e) {
                throw new RefusedException(
                        "the plugins directory " + directory + " cannot be read (" + e
                                + "): name a directory of plugin jars that can",
                        e);
            }
        }
        return jars;
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
        if (close) unloadAll(manager, staging);
    }

    /** No new leases are given; it closes now, or with its last lease. */
    void retire() {
        boolean close;
        synchronized (this) {
            retired = true;
            close = leases == 0 && !closed;
            if (close) closed = true;
        }
        if (close) unloadAll(manager, staging);
    }

    private static void unloadAll(HostPluginManager manager, Path staging) {
        synchronized (manager) {
            for (PluginWrapper plugin : List.copyOf(manager.getPlugins())) unload(manager, plugin.getPluginId());
        }
        try (Stream<Path> files = Files.list(staging)) {
            for (Path file : files.toList()) Files.deleteIfExists(file);
            Files.deleteIfExists(staging);
        } catch (IOException e) {
            staging.toFile().deleteOnExit();
        }
    }

    Registry registry() {
        return registry;
    }

    List<PluginReport> reports() {
        return reports;
    }

    Set<String> hashes() {
        Set<String> hashes = new HashSet<>();
        for (PluginReport r : reports) if (r.state() == PluginReport.State.LIVE) hashes.add(r.sha256());
        return hashes;
    }
}
