package io.sampler4j.runtime.plugin;

import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The jars that may be loaded, by sha256; or all. Immutable. */
final class AllowList {
    private final Optional<Path> file;
    private final Set<String> hashes;

    private AllowList(Optional<Path> file, Set<String> hashes) {
        this.file = file;
        this.hashes = hashes;
    }

    /** @throws RefusedException if the file cannot be read, has a line that is no hash, or can be written by everyone */
    static AllowList read(Optional<Path> file) {
        if (file.isEmpty()) return new AllowList(file, Set.of());
        Path path = file.get();
        Set<String> hashes = new HashSet<>();
        try {
            if (PluginDirectories.isWritableByAll(path)) {
                throw new RefusedException(
                        "the list of allowed plugins " + path + " can be written by everyone: chmod o-w " + path);
            }
            int number = 0;
            for (String line : Files.readAllLines(path)) {
                number++;
                String hash = line.strip().replaceFirst("\\s.*", "").toLowerCase(Locale.ROOT);
                if (hash.isEmpty() || hash.startsWith("#")) continue;
                if (!hash.matches("[0-9a-f]{64}")) {
                    throw new RefusedException("line " + number + " of the list of allowed plugins " + path
                            + " begins with no sha256: write what `sha256sum JAR` prints, or begin it with #");
                }
                hashes.add(hash);
            }
        } catch (IOException e) {
            throw new RefusedException(
                    "the list of allowed plugins " + path + " cannot be read (" + e
                            + "): write it, one sha256 a line, or ask for none",
                    e);
        }
        return new AllowList(file, hashes);
    }

    boolean allows(String sha256) {
        return file.isEmpty() || hashes.contains(sha256);
    }

    /** @throws Fault if it may not be loaded */
    void require(String sha256) throws Fault {
        if (allows(sha256)) return;
        throw new Fault(
                "its sha256 " + sha256 + " is not in the list of allowed plugins " + file.orElseThrow(),
                "add that line to the list if you know who made the jar and trust it");
    }
}
