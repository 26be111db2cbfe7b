package io.sampler4j.runtime;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import io.sampler4j.model.Models;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.plugin.PluginSettings;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;

/** The wiring of the host. Plugins get options and a run, never the injector: it would pin their class loaders. */
final class RuntimeModule extends AbstractModule {
    private final List<Path> models;
    private final PluginSettings plugins;

    RuntimeModule(List<Path> models, PluginSettings plugins) {
        this.models = models;
        this.plugins = plugins;
    }

    @Provides
    @Singleton
    Closer closer() {
        return new Closer();
    }

    @Provides
    @Singleton
    Models models() {
        return new Models(models);
    }

    @Provides
    @Singleton
    PluginHost plugins(Closer closer) {
        return closer.add(PluginHost.open(plugins));
    }

    @Provides
    @Singleton
    OnnxRuntime onnx(Closer closer) {
        return closer.add(new OnnxRuntime());
    }
}
