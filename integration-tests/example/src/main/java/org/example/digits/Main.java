package org.example.digits;

import com.google.inject.Guice;
import com.google.inject.Injector;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.Sampler4jModule;
import io.sampler4j.runtime.plugin.PluginReport;
import java.nio.file.Path;

/** Draws the digits of a number: {@code Main MODELS NUMBER OUT.png}. */
public final class Main {
    private Main() {}

    /** @param args a directory of models, a number, and the file to be written */
    public static void main(String[] args) {
        Injector injector = Guice.createInjector(new Sampler4jModule(
                Sampler4j.builder().modelsDirectory(Path.of(args[0])).pluginsOnClassPath()));
        try (Sampler4j sampler4j = injector.getInstance(Sampler4j.class)) {
            for (PluginReport plugin : sampler4j.plugins().reports()) {
                System.out.println(plugin.artefact() + " " + plugin.state() + " " + plugin.problem());
            }
            injector.getInstance(NumberPainter.class).paint(args[1], Path.of(args[2]));
        }
    }
}
