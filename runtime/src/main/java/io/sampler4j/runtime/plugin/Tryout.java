package io.sampler4j.runtime.plugin;

import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.runtime.plugin.trial.BrokenException;
import io.sampler4j.runtime.plugin.trial.Trials;
import io.sampler4j.runtime.plugin.trial.Witness;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * A plugin on trial: loaded, every component made with each of its named options, tried, and unloaded. What it calls of
 * the plugin belongs on the plugin's thread; the checks between belong on another.
 */
final class Tryout {
    private static final int COLLECTIONS = 20;

    private final JarLint jar;
    private final Consumer<String> doing;
    private final Witness witness = new Witness();
    private final Trials trials = new Trials(witness);
    private final List<String> notes = new ArrayList<>();
    private HostPluginManager manager;
    private Registry registry;
    /** Held until the end of the trials: a component that keeps what it was lent keeps it in itself, perhaps. */
    private final List<Object> components = new ArrayList<>();

    private WeakReference<ClassLoader> loader;

    /** @param doing is told what is about to be done, as what follows "while" */
    Tryout(JarLint jar, Consumer<String> doing) {
        this.jar = jar;
        this.doing = doing;
    }

    List<String> notes() {
        return notes;
    }

    ClassLoader loader() {
        return loader.get();
    }

    void load() throws Fault {
        if (!jar.ok()) throw new Fault(jar.problem(), jar.remedy());
        manager = new HostPluginManager(jar.staged().toAbsolutePath().getParent());
        try {
            List<Offer<?>> offers = Loading.offers(jar, manager);
            OfferLint.check(offers, List.of());
            loader = new WeakReference<>(manager.getPlugin(jar.id()).getPluginClassLoader());
            registry = new Registry(List.of(PluginReport.live(jar, offers)));
        } catch (Fault e) {
            throw e;
        } catch (Throwable e) {
            throw Loading.fault(e);
        }
    }

    void tryAll() throws Fault {
        Thread.currentThread().setContextClassLoader(loader.get());
        for (Offer<?> offer : registry.offers()) {
            for (Option<?> option : offer.options()) readBack(offer, option);
            tryOne(offer, Map.of());
            for (Option<?> option : offer.options()) {
                for (String value : named(option)) tryOne(offer, Map.of(option.name(), value));
            }
        }
        Thread.currentThread().setContextClassLoader(null);
    }

    private static String what(Offer<?> offer, Map<String, String> options) {
        StringBuilder text = new StringBuilder("the " + Registry.word(offer.kind()) + " " + offer.name());
        options.forEach((k, v) -> text.append(" with ").append(k).append('=').append(v));
        return text.toString();
    }

    private static <T> void readBack(Offer<?> offer, Option<T> option) throws Fault {
        String text = option.print(option.byDefault());
        if (option.parse(text).equals(option.byDefault())) return;
        throw new Fault(
                what(offer, Map.of()) + " has the option " + option.name() + ", whose default is written as " + text
                        + " and read as " + option.parse(text),
                "give it a default that can be written out");
    }

    /** The values of an option that has a few, but for the default. */
    private static <T> List<String> named(Option<T> option) {
        List<String> values = switch (option.type()) {
            case "flag" -> List.of("true", "false");
            case "name" -> List.of(option.range().replaceFirst("^one of ", "").split(", "));
            default -> List.of();
        };
        return values.stream()
                .filter(v -> !v.equals(option.print(option.byDefault())))
                .toList();
    }

    private <T> void tryOne(Offer<T> offer, Map<String, String> options) throws Fault {
        String what = what(offer, options);
        try {
            doing.accept(what + " was made");
            T component = registry.make(offer.kind(), offer.name(), options).component();
            components.add(component);
            doing.accept(what + " took two steps on a model of known answers");
            trials.of(offer.kind(), component).ifPresent(n -> notes.add(what + " " + n));
        } catch (RefusedException e) {
            notes.add(what + " was not made: " + String.join("; ", e.reasons()));
        } catch (BrokenException e) {
            throw new Fault("on trial, " + what + " broke a promise: " + e.getMessage(), e.remedy());
        } catch (PluginException e) {
            throw new Fault(
                    what + " cannot be made: " + e.getCause(),
                    "its factory must give a component for every value in the options' ranges, or refuse it with"
                            + " IllegalArgumentException");
        } catch (Throwable e) {
            if (e instanceof VirtualMachineError failure && !(e instanceof StackOverflowError)) throw failure;
            throw new Fault(
                    "on trial, " + what + " throws " + e + at(e),
                    "let its check() refuse what it cannot run on, and ask its author about the rest");
        }
    }

    private String at(Throwable e) {
        for (StackTraceElement at : e.getStackTrace()) {
            if (!at.getClassName().startsWith("java.")) return " at " + at;
        }
        return "";
    }

    /** The ThreadLocals in static fields of its classes. */
    Set<ThreadLocal<?>> threadLocals() throws IOException {
        Set<ThreadLocal<?>> found = Collections.newSetFromMap(new IdentityHashMap<>());
        try (JarFile file = new JarFile(jar.staged().toFile())) {
            for (JarEntry entry : Collections.list(file.entries())) {
                String name = entry.getName();
                if (!name.endsWith(".class") || name.startsWith("META-INF/") || name.endsWith("module-info.class")) {
                    continue;
                }
                threadLocals(name.substring(0, name.length() - 6).replace('/', '.'), found);
            }
        }
        return found;
    }

    private void threadLocals(String name, Set<ThreadLocal<?>> found) {
        try {
            for (Field field : Class.forName(name, false, loader.get()).getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) || !ThreadLocal.class.isAssignableFrom(field.getType())) {
                    continue;
                }
                field.setAccessible(true);
                if (field.get(null) instanceof ThreadLocal<?> local) found.add(local);
            }
        } catch (ReflectiveOperationException | LinkageError e) {
            // A class that cannot be loaded was not used either.
        }
    }

    /** @throws Fault if a tensor, a canvas or a run of the trials is still held by the plugin */
    void requireNothingKept() throws Fault, InterruptedException {
        for (int i = 0; i < COLLECTIONS && witness.held() > 0; i++) collect();
        if (witness.held() == 0) return;
        throw new Fault(
                "it keeps " + witness.held() + " tensors, canvases or runs when its runs are over",
                "keep what a run needs in local variables: a component serves many runs at once");
    }

    void unload() {
        components.clear();
        registry = null;
        Loading.unload(manager, jar.id());
        manager = null;
    }

    /** @throws Fault if its class loader is held by something */
    void requireUnloaded() throws Fault, InterruptedException {
        for (int i = 0; i < COLLECTIONS && loader.get() != null; i++) collect();
        if (loader.get() == null) return;
        throw new Fault(
                "its classes cannot be unloaded: something of the JVM's holds one of them when all its runs are over",
                "undo in Plugin.stop() what it registers with the JVM (drivers, handlers, listeners, timers)");
    }

    private static void collect() throws InterruptedException {
        System.gc();
        Thread.sleep(10);
    }
}
