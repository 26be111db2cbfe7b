package io.sampler4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.PrivateModule;
import com.google.inject.name.Names;
import com.google.inject.util.Modules;
import io.sampler4j.model.Models;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.plugin.PluginHost;
import jakarta.inject.Inject;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host in an application's own injector. */
class Sampler4jModuleTest {
    @TempDir
    Path folder;

    private Sampler4jModule module() {
        return new Sampler4jModule(Sampler4j.builder()
                .modelsDirectory(folder)
                .pluginsOnClassPath(new URLClassLoader(new URL[0], null))
                .management(false));
    }

    private record Service(Sampler4j sampler4j, OnnxRuntime onnx) {
        @Inject
        Service {}
    }

    @Test
    void anApplicationsServicesAreGivenTheOneHost() {
        Injector injector = Guice.createInjector(module());
        Service service = injector.getInstance(Service.class);
        try (Sampler4j sampler4j = injector.getInstance(Sampler4j.class)) {
            assertThat(service.sampler4j()).isSameAs(sampler4j);
            assertThat(service.onnx()).isSameAs(sampler4j.onnx());
            assertThat(injector.getInstance(Models.class)).isSameAs(sampler4j.models());
            assertThat(injector.getInstance(PluginHost.class)).isSameAs(sampler4j.plugins());
        }
    }

    @Test
    void whatTheApplicationOverridesIsWhatTheHostUsesAndDoesNotClose() {
        OnnxRuntime shared = new OnnxRuntime();
        Models models = new Models(List.of());
        Injector injector = Guice.createInjector(Modules.override(module()).with(new AbstractModule() {
            @Override
            protected void configure() {
                bind(OnnxRuntime.class).toInstance(shared);
                bind(Models.class).toInstance(models);
            }
        }));
        try (Sampler4j sampler4j = injector.getInstance(Sampler4j.class)) {
            assertThat(sampler4j.onnx()).isSameAs(shared);
            assertThat(sampler4j.models()).isSameAs(models);
        }
        assertThat(shared.counts().sessions()).isZero();
        shared.close();
    }

    @Test
    void twoHostsLiveInOneInjector() {
        Injector injector = Guice.createInjector(host("a"), host("b"));
        try (Sampler4j a = injector.getInstance(Key.get(Sampler4j.class, Names.named("a")));
                Sampler4j b = injector.getInstance(Key.get(Sampler4j.class, Names.named("b")))) {
            assertThat(a).isNotSameAs(b);
            assertThat(a.plugins()).isNotSameAs(b.plugins());
        }
    }

    private PrivateModule host(String name) {
        return new PrivateModule() {
            @Override
            protected void configure() {
                install(module());
                Key<Sampler4j> key = Key.get(Sampler4j.class, Names.named(name));
                bind(key).to(Sampler4j.class);
                expose(key);
            }
        };
    }
}
