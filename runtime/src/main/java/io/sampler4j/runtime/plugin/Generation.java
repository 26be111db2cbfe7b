package io.sampler4j.runtime.plugin;

import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
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
     */
    static Generation load(List<Path> directories, Set<String> incumbents) {
        Path staging;
        try {
            staging = Files.createTempDirectory("sampler4j-plugins-");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot make a place to stage plugins in", e);
        }
        HostPluginManager manager = new HostPluginManager(staging);
        Map<Path, PluginReport> reports = new HashMap<>();
        List<PluginReport> live = new ArrayList<>();
        List<JarLint> jars = jars(directories).stream().map(JarLint::of).toList();
        List<JarLint> ordered = jars.stream()
                .sorted(Comparator.comparing((JarLint j) -> !incumbents.contains(j.sha256()))
                        .thenComparing(j -> j.file().getFileName().toString()))
                .toList();
        for (JarLint jar : ordered) {
            PluginReport report = load(jar, manager, staging, live);
            reports.put(jar.file(), report);
            if (report.state() == PluginReport.State.LIVE) live.add(report);
        }
        return new Generation(
                manager,
                staging,
                new Registry(live),
                jars.stream().map(j -> reports.get(j.file())).toList());
    }

    private static List<Path> jars(List<Path> directories) {
        List<Path> jars = new ArrayList<>();
        for (Path directory : directories) {
            if (!Files.isDirectory(directory)) continue;
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(f -> f.getFileName().toString().endsWith(".jar") && Files.isRegularFile(f))
                        .sorted()
                        .forEach(jars::add);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("cannot read the plugins directory " + directory, e);
            }
        }
        return jars;
    }

    private static PluginReport load(JarLint jar, HostPluginManager manager, Path staging, List<PluginReport> live) {
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
            Path staged = staging.resolve(jar.sha256() + ".jar");
            Files.copy(jar.file(), staged, StandardCopyOption.REPLACE_EXISTING);
            manager.loadPlugin(staged);
            manager.startPlugin(jar.id());
            List<Offer<?>> offers = offers(manager.getPlugin(jar.id()), manager, jar);
            claim(offers, live);
            return PluginReport.live(jar, offers);
        } catch (Refused e) {
            unload(manager, jar.id());
            return PluginReport.refused(jar, e.getMessage(), e.remedy);
        } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
            unload(manager, jar.id());
            return PluginReport.refused(jar, "it cannot be loaded: " + root(e), remedy(e));
        }
    }

    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        private final String remedy;

        Refused(String problem, String remedy) {
            super(problem);
            this.remedy = remedy;
        }
    }

    private static List<Offer<?>> offers(PluginWrapper plugin, HostPluginManager manager, JarLint jar) throws Refused {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(plugin.getPluginClassLoader());
        try {
            Contribution contribution = contribution(plugin, manager, jar);
            List<Offer<?>> offers = contribution.offers();
            if (offers == null || offers.isEmpty() || offers.stream().anyMatch(o -> o == null)) {
                throw new Refused("it offers nothing", "let offers() list every component, none of them null");
            }
            return List.copyOf(offers);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Made here and not by PF4J's finder, which swallows what a constructor throws. */
    private static Contribution contribution(PluginWrapper plugin, HostPluginManager manager, JarLint jar)
            throws Refused {
        String name = manager.getExtensionClassNames(jar.id()).iterator().next();
        try {
            Object made = plugin.getPluginClassLoader()
                    .loadClass(name)
                    .getConstructor()
                    .newInstance();
            if (made instanceof Contribution c) return c;
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new Refused(
                    "its extension " + name + " has no public constructor without arguments",
                    "give it one, and make it public");
        }
        throw new Refused(
                "its extension " + name + " is no " + Contribution.class.getName(),
                "let it implement that interface, compiled against framework-api as scope provided");
    }

    /** Every (kind, name or alias) has one owner. */
    private static void claim(List<Offer<?>> offers, List<PluginReport> live) throws Refused {
        Set<String> own = new HashSet<>();
        for (Offer<?> offer : offers) {
            for (String name : Registry.names(offer)) {
                String key = Registry.word(offer.kind()) + " " + name;
                if (!own.add(key)) {
                    throw new Refused("it claims the " + key + " twice", "give each component names of its own");
                }
                for (PluginReport other : live) {
                    for (Offer<?> theirs : other.offers()) {
                        if (theirs.kind() == offer.kind()
                                && Registry.names(theirs).contains(name)) {
                            throw new Refused(
                                    "it claims the " + key + ", which " + other.file() + " brings",
                                    "remove one of the two files, or rename the component in one");
                        }
                    }
                }
            }
        }
    }

    private static void unload(HostPluginManager manager, String id) {
        if (manager.getPlugin(id) == null) return;
        try {
            manager.stopPlugin(id);
        } catch (RuntimeException | LinkageError e) {
            // A plugin that cannot even be stopped is unloaded all the same.
            manager.unloadPlugin(id);
            return;
        }
        manager.unloadPlugin(id);
    }

    private static String root(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
        return cause.toString();
    }

    private static String remedy(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
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
        if (close) unloadAll();
    }

    /** No new leases are given; it closes now, or with its last lease. */
    void retire() {
        boolean close;
        synchronized (this) {
            retired = true;
            close = leases == 0 && !closed;
            if (close) closed = true;
        }
        if (close) unloadAll();
    }

    private void unloadAll() {
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
