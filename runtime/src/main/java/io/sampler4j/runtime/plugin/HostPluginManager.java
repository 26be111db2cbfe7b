package io.sampler4j.runtime.plugin;

import java.nio.file.Path;
import java.util.List;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.DefaultPluginManager;
import org.pf4j.JarPluginLoader;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginLoader;
import org.pf4j.PluginManager;
import org.pf4j.PluginRepository;

/**
 * PF4J for one generation: jars only, described by their manifests, behind {@link HostClasses}. Its directory is the
 * staging place, from which only what was linted is loaded, one jar at a time. Never {@code stopPlugins()}, which is
 * broken in 3.15.0 (pf4j #656): each is stopped by itself.
 */
final class HostPluginManager extends DefaultPluginManager {
    private final ClassLoader shown = new HostClasses(HostPluginManager.class.getClassLoader());

    HostPluginManager(Path staging) {
        super(staging);
        setSystemVersion(PluginHost.API_VERSION);
    }

    @Override
    protected PluginDescriptorFinder createPluginDescriptorFinder() {
        return new ManifestPluginDescriptorFinder();
    }

    @Override
    protected PluginLoader createPluginLoader() {
        return new Loader(this);
    }

    @Override
    protected PluginRepository createPluginRepository() {
        return new PluginRepository() {
            @Override
            public List<Path> getPluginPaths() {
                return List.of();
            }

            @Override
            public boolean deletePluginPath(Path path) {
                return false;
            }
        };
    }

    private final class Loader extends JarPluginLoader {
        Loader(PluginManager manager) {
            super(manager);
        }

        @Override
        public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
            PluginClassLoader loader =
                    new PluginClassLoader(HostPluginManager.this, descriptor, shown, ClassLoadingStrategy.APD);
            loader.addFile(path.toFile());
            return loader;
        }
    }
}
