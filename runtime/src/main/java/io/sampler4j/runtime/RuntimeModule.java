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

/** The wiring of the host. Plugins get options and a run, never the injector: it would pin their class loaders. */
final class RuntimeModule extends AbstractModule {
    private final Settings settings;
    private final ProfileTable profiles;

    /** @param profiles what the settings' file says */
    RuntimeModule(Settings settings, ProfileTable profiles) {
        this.settings = settings;
        this.profiles = profiles;
    }

    @Override
    protected void configure() {
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
