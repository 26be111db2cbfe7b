package io.sampler4j.runtime.plugin;

import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Private copies of plugin jars, named by their sha256: what is loaded is what was looked at, whatever becomes of the
 * file. A copy is held by whoever staged it or asked for it again, and deleted when all let go. Thread-safe.
 */
final class Staging implements AutoCloseable {
    /** More than any plugin needs, and less than fills a disk. */
    static final long LARGEST = 256L << 20;

    private final Path directory;
    private final Map<String, Integer> holds = new HashMap<>();
    private boolean closed;

    private Staging(Path directory) {
        this.directory = directory;
    }

    /** @throws RefusedException if there is no place for the copies */
    static Staging open() {
        try {
            return new Staging(Files.createTempDirectory("sampler4j-plugins-"));
        } catch (IOException e) {
            throw new RefusedException(
                    "plugins are copied to a directory for temporary files before they are loaded, and none can be made"
                            + " there (" + e + "): name one that can be written to with -Djava.io.tmpdir=DIR",
                    e);
        }
    }

    Path directory() {
        return directory;
    }

    /** The copy of this hash. */
    Path path(String sha256) {
        return directory.resolve(sha256 + ".jar");
    }

    /** Copies a file, reading it once, so that the hash is of what is loaded; gives its sha256, which is held. */
    synchronized String stage(Path file) throws Fault {
        Path incoming = directory.resolve("incoming");
        try {
            long size = Files.size(file);
            if (size > LARGEST) throw tooLarge(size);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest);
                    OutputStream out = Files.newOutputStream(incoming)) {
                copy(in, out);
            }
            String sha256 = HexFormat.of().formatHex(digest.digest());
            if (!holds.containsKey(sha256)) Files.move(incoming, path(sha256), StandardCopyOption.REPLACE_EXISTING);
            hold(sha256);
            return sha256;
        } catch (IOException e) {
            throw new Fault(
                    "it cannot be copied to " + directory + ": " + e,
                    "see that it may be read, and that there is room for temporary files (-Djava.io.tmpdir=DIR)");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        } finally {
            delete(incoming);
        }
    }

    /** A file may grow while it is read. */
    private static void copy(InputStream in, OutputStream out) throws IOException, Fault {
        byte[] buffer = new byte[1 << 16];
        long copied = 0;
        for (int n; (n = in.read(buffer)) >= 0; copied += n) {
            if (copied + n > LARGEST) throw tooLarge(copied + n);
            out.write(buffer, 0, n);
        }
    }

    private static Fault tooLarge(long size) {
        return new Fault(
                "it has " + (size >> 20) + " MiB or more, and a plugin has at most " + (LARGEST >> 20),
                "leave out what its code does not need: models and data belong into model directories");
    }

    /** Holds a copy that somebody else holds already. */
    synchronized void hold(String sha256) {
        holds.merge(sha256, 1, Integer::sum);
    }

    /** Lets go of a copy. */
    synchronized void release(String sha256) {
        if (holds.merge(sha256, -1, Integer::sum) > 0) return;
        holds.remove(sha256);
        delete(path(sha256));
        if (closed && holds.isEmpty()) delete(directory);
    }

    /** Deletes the directory, now or with the last copy. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        if (holds.isEmpty()) delete(directory);
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // A system that does not delete what is mapped deletes it with the JVM.
            path.toFile().deleteOnExit();
        }
    }
}
