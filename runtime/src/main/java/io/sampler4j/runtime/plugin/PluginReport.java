package io.sampler4j.runtime.plugin;

import io.sampler4j.api.plugin.Offer;
import java.nio.file.Path;
import java.util.List;

/**
 * What became of one plugin.
 *
 * @param id of the plugin, or the file's name where it has none that can be read
 * @param version of the plugin, or {@code ?}
 * @param requires the range of framework-api that it says it fits, or empty
 * @param provider who made it, or empty
 * @param description what it is, in its maker's words, or empty
 * @param state live or refused
 * @param file the jar in the plugins directory; of a plugin on the class path, the jar or folder there
 * @param artefact of a plugin on the class path, its coordinates as Maven wrote them into it, or else the name of its file;
 *     empty for a jar of a directory
 * @param sha256 of the jar, empty where it cannot be read or is a folder
 * @param problem why it is refused, empty where it is live
 * @param remedy how to mend it, empty where it is live
 * @param offers its components, none where it is refused; they keep the plugin's class loader reachable
 */
public record PluginReport(
        String id,
        String version,
        String requires,
        String provider,
        String description,
        State state,
        Path file,
        String artefact,
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
        return of(jar, State.LIVE, "", "", offers);
    }

    static PluginReport refused(JarLint jar, String problem, String remedy) {
        return of(jar, State.REFUSED, problem, remedy, List.of());
    }

    /** This refusal, saying also that what was live from the same file stays. */
    PluginReport keeping(PluginReport old) {
        String stays = "; until then " + old.id() + " " + old.version() + ", which was live from this file, stays so";
        return new PluginReport(
                id,
                version,
                requires,
                provider,
                description,
                state,
                file,
                artefact,
                sha256,
                problem,
                remedy + stays,
                offers);
    }

    /** The same of a plugin on the class path. */
    PluginReport onClassPath(String coordinates) {
        return new PluginReport(
                id,
                version,
                requires,
                provider,
                description,
                state,
                file,
                coordinates,
                sha256,
                problem,
                remedy,
                offers);
    }

    private static PluginReport of(JarLint jar, State state, String problem, String remedy, List<Offer<?>> offers) {
        JarLint.Descriptor d = jar.descriptor();
        return new PluginReport(
                d.id(),
                d.version(),
                d.requires(),
                d.provider(),
                d.description(),
                state,
                jar.file(),
                "",
                jar.sha256(),
                problem,
                remedy,
                List.copyOf(offers));
    }
}
