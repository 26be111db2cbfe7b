package io.sampler4j.runtime.plugin;

import io.sampler4j.api.error.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Verdicts by the hash of the jar: in memory, and in a directory where there is one. A verdict on disk counts only for the
 * same version of the host, on the same version of Java: another may find what this one did not. Thread-safe.
 */
final class Verdicts {
    private static final String HOST = "host", PROBLEM = "problem", REMEDY = "remedy", NOTES = "notes";

    private final Optional<Path> directory;
    private final String host;
    private final Map<String, Verdict> known = new ConcurrentHashMap<>();

    /** @throws RefusedException if the directory cannot be made, or can be written by everyone */
    Verdicts(Optional<Path> directory) {
        this(directory, HostVersion.current());
    }

    Verdicts(Optional<Path> directory, String host) {
        this.directory = directory;
        this.host = host;
        directory.ifPresent(d -> {
            try {
                Files.createDirectories(d);
                if (PluginDirectories.isWritableByAll(d)) {
                    throw new RefusedException("the directory of verdicts " + d
                            + " can be written by everyone, who could so let a plugin pass: chmod o-w " + d);
                }
            } catch (IOException e) {
                throw new RefusedException(
                        "verdicts of probes cannot be kept in " + d + " (" + e + "): name a directory that can be made",
                        e);
            }
        });
    }

    /** The verdict on a jar of this hash, if one is known that counts. */
    Optional<Verdict> find(String sha256) {
        Verdict verdict = known.get(sha256);
        if (verdict == null && directory.isPresent()) {
            verdict = read(file(sha256)).orElse(null);
            if (verdict != null) known.put(sha256, verdict);
        }
        return Optional.ofNullable(verdict);
    }

    /** Keeps a verdict. A disk that takes none costs a probe later, and nothing else. */
    void keep(String sha256, Verdict verdict) {
        known.put(sha256, verdict);
        if (directory.isEmpty()) return;
        try {
            write(file(sha256), host, verdict);
        } catch (IOException e) {
            PluginHost.LOG.warn("the verdict on {} cannot be kept in {}", sha256, directory.get(), e);
        }
    }

    private Path file(String sha256) {
        return directory.orElseThrow().resolve(sha256 + ".properties");
    }

    /** Writes it whole or not at all. */
    static void write(Path file, String host, Verdict verdict) throws IOException {
        Properties lines = new Properties();
        lines.setProperty(HOST, host);
        lines.setProperty(PROBLEM, verdict.problem());
        lines.setProperty(REMEDY, verdict.remedy());
        lines.setProperty(NOTES, String.join("\n", verdict.notes()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        lines.store(bytes, null);
        Path part = Files.createTempFile(file.toAbsolutePath().getParent(), "verdict", ".part");
        Files.write(part, bytes.toByteArray());
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private Optional<Verdict> read(Path file) {
        return read(file, host);
    }

    /** What was written there by the same host; empty where there is none that can be read. */
    static Optional<Verdict> read(Path file, String host) {
        Properties lines = new Properties();
        try {
            lines.load(new ByteArrayInputStream(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            PluginHost.LOG.warn("the verdict {} cannot be read, and does not count", file, e);
            return Optional.empty();
        }
        if (!host.equals(lines.getProperty(HOST)) || lines.getProperty(PROBLEM) == null) return Optional.empty();
        String notes = lines.getProperty(NOTES, "");
        return Optional.of(new Verdict(
                lines.getProperty(PROBLEM),
                lines.getProperty(REMEDY, ""),
                notes.isEmpty() ? List.of() : List.of(notes.split("\n"))));
    }
}
