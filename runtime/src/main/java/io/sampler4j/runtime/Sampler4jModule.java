package io.sampler4j.runtime;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import io.sampler4j.model.Models;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.event.Events;
import io.sampler4j.runtime.limit.RunGate;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.profile.ProfileTable;
import io.sampler4j.runtime.profile.Profiles;
import io.sampler4j.runtime.run.Planner;
import io.sampler4j.runtime.run.ProfileSource;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;

/**
 * sampler4j as a module of an application's own Guice injector.
 *
 * <pre>{@code
 * Injector injector = Guice.createInjector(
 *         new Sampler4jModule(Sampler4j.builder().modelsDirectory(models).pluginsOnClassPath()), new MyModule());
 * }</pre>
 *
 * <p>It binds, each as one instance: {@link Sampler4j}, which is what an application injects; and what that stands on,
 * {@link Models}, {@link PluginHost}, {@link OnnxRuntime} and {@link Profiles}. What else it binds is its own. All
 * configuration is the builder's. Nothing is loaded before it is needed, but in a {@code Stage.PRODUCTION}, where Guice
 * makes singletons at once.
 *
 * <p>The application closes {@link Sampler4j} when it ends: Guice closes nothing. Another {@link Models} or
 * {@link OnnxRuntime}, such as one that two hosts share, is put in place by {@code
 * Modules.override(new Sampler4jModule(...)).with(...)}, and whoever made it closes it. Two hosts in one injector are two
 * private modules that each install one of these and expose {@link Sampler4j} under an annotation.
 *
 * <p>Plugins get options and a run, never the injector: it would pin their class loaders.
 */
public final class Sampler4jModule extends AbstractModule {
    private final Settings settings;
    private final ProfileTable profiles;

    /**
     * A host as the builder has it at this moment.
     *
     * @throws io.sampler4j.api.error.RefusedException as {@link Sampler4j.Builder#open}
     */
    public Sampler4jModule(Sampler4j.Builder configuration) {
        // Read here, since what is thrown inside of Guice arrives wrapped.
        settings = configuration.settings();
        profiles = Profiles.load(settings.profiles(), settings.profileLog());
    }

    @Override
    protected void configure() {
        bind(Sampler4j.class).in(Singleton.class);
        bind(Settings.class).toInstance(settings);
        bind(ProfileTable.class).toInstance(profiles);
        bind(ProfileSource.class).toInstance(profiles);
        bind(Opened.class).toInstance(new Opened());
        bind(Events.class).toInstance(new Events());
        bind(RunGate.class).toInstance(new RunGate(settings.limits()));
        bind(Closer.class).toInstance(new Closer());
    }

    @Provides
    @Singleton
    Supervisor supervisor(RunGate gate, Events events) {
        return new Supervisor(gate, events);
    }

    @Provides
    @Singleton
    Models models() {
        return new Models(settings.models());
    }

    @Provides
    @Singleton
    PluginHost plugins(Closer closer, Opened opened, Events events, Provider<Profiles> names) {
        PluginHost host = closer.add(PluginHost.open(settings.plugins()));
        host.listen(events);
        host.guard(next -> {
            if (!profiles.isEmpty()) names.get().guard(next);
        });
        return opened.note(host);
    }

    @Provides
    @Singleton
    OnnxRuntime onnx(Closer closer, Opened opened, Events events) {
        return opened.note(closer.add(new OnnxRuntime(settings.limits().sessionMemory(), events)));
    }

    @Provides
    @Singleton
    Profiles profiles(Planner planner, Models models, Supervisor supervisor, Events events) {
        return new Profiles(profiles, settings.profiles(), settings.profileLog(), events, planner, models, supervisor);
    }
}
