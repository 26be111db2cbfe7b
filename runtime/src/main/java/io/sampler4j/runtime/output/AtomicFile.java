package io.sampler4j.runtime.output;

import io.sampler4j.api.error.RefusedException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes a file beside its target, and moves it there when it is whole. Whatever goes wrong, the target stays as it was
 * and the unfinished file goes, also when the process is interrupted.
 */
public final class AtomicFile {
    private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> UNFINISHED.forEach(AtomicFile::remove)));
    }

    private AtomicFile() {}

    /** Writes a body. */
    @FunctionalInterface
    public interface Body {
        /** Writes everything to the stream, which it does not close. */
        void write(OutputStream out) throws IOException;
    }

    /**
     * Writes a file whole or not at all. Missing directories above it are made.
     *
     * @throws RefusedException if it cannot be written, saying why
     */
    public static void write(Path target, Body body) {
        Path directory = target.toAbsolutePath().getParent();
        Path part = directory.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            Files.createDirectories(directory);
            UNFINISHED.add(part);
            try (FileChannel channel =
                    FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                body.write(out);
                out.flush();
                channel.force(true);
            }
            move(part, target);
        } catch (IOException e) {
            throw refused(target, e);
        } finally {
            remove(part);
            UNFINISHED.remove(part);
        }
    }

    private static void move(Path part, Path target) throws IOException {
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void remove(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            part.toFile().deleteOnExit();
        }
    }

    private static RefusedException refused(Path target, IOException e) {
        String why;
        if (e instanceof AccessDeniedException) {
            why = "its directory may not be written by this user";
        } else if (e instanceof NoSuchFileException) {
            why = "its directory does not exist";
        } else if (String.valueOf(e.getMessage())
                .toLowerCase(java.util.Locale.ROOT)
                .contains("no space")) {
            why = "the disk is full: make room, or write elsewhere";
        } else {
            why = e.getClass().getSimpleName() + ": " + e.getMessage();
        }
        return new RefusedException(
                "cannot write " + target + ": " + why + ". Nothing was written, and what was there before is untouched",
                e);
    }
}
