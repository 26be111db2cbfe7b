package io.sampler4j.runtime.plugin;

import io.sampler4j.api.error.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a host would say of a jar, before it is given to one. Nothing of the jar is loaded into this JVM.
 *
 * @param file the jar
 * @param id of its plugin, or the file's name where it has none that can be read
 * @param version of its plugin, or {@code ?}
 * @param sha256 of the jar, empty where it cannot be read
 * @param problem why a host would refuse it, or empty
 * @param remedy how to mend it, or empty
 * @param notes what is no reason to refuse it, and worth knowing
 */
public record PluginCheck(
        Path file, String id, String version, String sha256, String problem, String remedy, List<String> notes) {
    public PluginCheck {
        notes = List.copyOf(notes);
    }

    /** Whether a host would take it, unless another plugin has its id or a name of its. */
    public boolean ok() {
        return problem.isEmpty();
    }

    /**
     * Looks at it without loading it.
     *
     * @throws RefusedException if there is no such file
     */
    public static PluginCheck lint(Path file) {
        return check(file, Optional.empty());
    }

    /**
     * Looks at it and, where that finds no fault, tries its components in a JVM of their own.
     *
     * @param time for all components together
     * @param heap in MiB
     * @throws RefusedException if there is no such file, or no JVM can be started
     */
    public static PluginCheck probe(Path file, Duration time, int heap) {
        return check(file, Optional.of(new Probe(time, heap)));
    }

    private static PluginCheck check(Path file, Optional<Probe> probe) {
        if (!Files.isRegularFile(file)) throw new RefusedException("there is no file " + file);
        try (Staging staging = Staging.open()) {
            JarLint lint = JarLint.of(file, staging, AllowList.read(Optional.empty()), Map.of());
            try {
                return lint.ok() && probe.isPresent() ? of(lint, probe.get().of(lint)) : of(lint);
            } finally {
                if (!lint.sha256().isEmpty()) staging.release(lint.sha256());
            }
        }
    }

    private static PluginCheck of(JarLint lint) {
        return new PluginCheck(
                lint.file(), lint.id(), lint.version(), lint.sha256(), lint.problem(), lint.remedy(), lint.notes());
    }

    private static PluginCheck of(JarLint lint, Verdict verdict) {
        List<String> notes = new ArrayList<>(lint.notes());
        notes.addAll(verdict.notes());
        return new PluginCheck(
                lint.file(), lint.id(), lint.version(), lint.sha256(), verdict.problem(), verdict.remedy(), notes);
    }
}
