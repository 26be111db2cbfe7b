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
import java.util.Comparator;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

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

    /** Fills a folder. */
    @FunctionalInterface
    public interface FolderBody {
        /** Writes every file of it into this folder, which exists and is empty. */
        void write(Path folder) throws IOException;
    }

    /**
     * Demands a place for a new folder.
     *
     * @throws RefusedException if a file or a folder with anything in it is there already
     */
    public static void requireNewFolder(Path target) {
        boolean free = !Files.exists(target);
        if (Files.isDirectory(target)) {
            try (Stream<Path> entries = Files.list(target)) {
                free = entries.findAny().isEmpty();
            } catch (IOException e) {
                throw refused(target, e);
            }
        }
        if (!free) {
            throw new RefusedException(target + " exists already, and is written whole or not at all: say a new "
                    + "directory, or remove that one");
        }
    }

    /**
     * Writes a folder whole or not at all: what is there before, if anything, is an empty folder.
     *
     * @throws RefusedException if something else is there, or it cannot be written, saying why
     */
    public static void folder(Path target, FolderBody body) {
        requireNewFolder(target);
        Path whole = target.toAbsolutePath().normalize();
        Path part = whole.resolveSibling("." + whole.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            Files.createDirectories(whole.getParent());
            UNFINISHED.add(part);
            Files.createDirectory(part);
            body.write(part);
            Files.deleteIfExists(whole);
            move(part, whole);
        } catch (IOException e) {
            throw refused(target, e);
        } finally {
            remove(part);
            UNFINISHED.remove(part);
        }
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
        if (!Files.exists(part)) return;
        try (Stream<Path> all = Files.walk(part)) {
            // What lies inside a folder goes before it.
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(p);
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
