package io.sampler4j.runtime.plugin;

import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;

/** From a jar that was looked at to the components that it offers, and back. The manager is one thread's at a time. */
final class Loading {
    private Loading() {}

    /** Loads a good jar, starts it, and asks it for its components. Throws what the plugin throws, too. */
    static List<Offer<?>> offers(JarLint jar, HostPluginManager manager) throws Fault {
        manager.loadPlugin(jar.staged());
        PluginWrapper plugin = manager.getPlugin(jar.id());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(plugin.getPluginClassLoader());
        try {
            start(plugin, manager);
            return offers(
                    plugin.getPluginClassLoader(),
                    manager.getExtensionClassNames(plugin.getPluginId())
                            .iterator()
                            .next());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** What the extension of this name offers. Throws what it throws, too. */
    static List<Offer<?>> offers(ClassLoader loader, String extension) throws Fault {
        List<Offer<?>> offers = contribution(loader, extension).offers();
        if (offers == null || offers.isEmpty() || offers.stream().anyMatch(o -> o == null)) {
            throw new Fault("it offers nothing", "let offers() list every component, none of them null");
        }
        return List.copyOf(offers);
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
    private static Contribution contribution(ClassLoader loader, String name) throws Fault {
        try {
            Object made = loader.loadClass(name).getConstructor().newInstance();
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
    static void unload(HostPluginManager manager, String id) {
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

    /** What a plugin threw while it was loaded, as a reason to refuse it. Throws failures of the JVM itself. */
    static Fault fault(Throwable e) {
        rethrowIfTheJvmFails(e);
        return new Fault("it cannot be loaded: " + root(e), remedy(e));
    }

    private static String remedy(Throwable e) {
        Throwable cause = root(e);
        if (cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException) {
            return "a plugin sees the JDK and framework-api only: shade what else it needs into its jar, relocated";
        }
        return "its constructor, its static initialisers and offers() must not throw: ask its author";
    }
}
