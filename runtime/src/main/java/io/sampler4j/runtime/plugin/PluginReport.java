package io.sampler4j.runtime.plugin;

import io.sampler4j.api.plugin.Offer;
import java.nio.file.Path;
import java.util.List;

/**
 * What became of one jar.
 *
 * @param id of the plugin, or the file's name where it has none that can be read
 * @param version of the plugin, or {@code ?}
 * @param state live or refused
 * @param file the jar in the plugins directory
 * @param sha256 of the jar, empty where it cannot be read
 * @param problem why it is refused, empty where it is live
 * @param remedy how to mend it, empty where it is live
 * @param offers its components, none where it is refused
 */
public record PluginReport(
        String id,
        String version,
        State state,
        Path file,
        String sha256,
        String problem,
        String remedy,
        List<Offer<?>> offers) {
    /** Whether runs find it. */
    public enum State {
        /** Its components can be used. */
        LIVE,
        /** It is left out. */
        REFUSED
    }

    static PluginReport live(JarLint jar, List<Offer<?>> offers) {
        return new PluginReport(
                jar.id(), jar.version(), State.LIVE, jar.file(), jar.sha256(), "", "", List.copyOf(offers));
    }

    static PluginReport refused(JarLint jar, String problem, String remedy) {
        return new PluginReport(
                jar.id(), jar.version(), State.REFUSED, jar.file(), jar.sha256(), problem, remedy, List.of());
    }
}
