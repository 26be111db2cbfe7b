package io.sampler4j.api.testing;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.security.CodeSource;
import java.util.List;
import java.util.Optional;

/** A contribution loaded anew, as a host loads a jar, used, and let go. */
final class Unloading {
    private Unloading() {}

    /** Whether its class loader stays. */
    static Optional<String> leak(Class<? extends Contribution> type, Given given) throws InterruptedException {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null) return Optional.empty();
        int kept = Memory.kept(() -> List.of(used(source.getLocation(), type.getName(), given)));
        return Verdict.unless(
                kept == 0,
                "it is still held: by a thread, a ThreadLocal, a shutdown hook, or a list of the JVM or the host");
    }

    private static ClassLoader used(URL location, String name, Given given) {
        try (OwnFirst loader = new OwnFirst(location)) {
            Contribution contribution = (Contribution)
                    loader.loadClass(name).getDeclaredConstructor().newInstance();
            for (Offer<?> offer : contribution.offers()) use(given.make(offer));
            return loader;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("it cannot be loaded by a class loader of its own: " + e, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void use(Object component) {
        if (!(component instanceof DiffusionSampler sampler)) return;
        Optional<Target> target = SamplerRules.targetOf(sampler);
        if (target.isEmpty()) return;
        NoiseGrid grid = SamplerRules.grid(sampler, Math.max(2, sampler.needs().steps()), false);
        sampler.sample(target.get().network(), grid, Target.start(grid.first(), 1, 2, 1), new TestRun(1));
    }

    /** Its own classes from its own place, all others from those who test it. */
    private static final class OwnFirst extends URLClassLoader {
        OwnFirst(URL location) {
            super(new URL[] {location}, Unloading.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) return loaded;
                if (findResource(name.replace('.', '/') + ".class") == null) return super.loadClass(name, resolve);
                return findClass(name);
            }
        }
    }
}
