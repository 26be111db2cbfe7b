package io.sampler4j.model;

import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** SHA-256 of files, remembered in this process while a file's size and time of change stay. Thread-safe. */
public final class Hashes {
    private record Version(Path file, long size, FileTime changed) {}

    private static final Map<Version, String> KNOWN = new ConcurrentHashMap<>();

    private Hashes() {}

    /**
     * The SHA-256 of a file, in hexadecimal.
     *
     * @throws RefusedException if it cannot be read
     */
    public static String of(Path file) {
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            Version version = new Version(file.toRealPath(), a.size(), a.lastModifiedTime());
            String known = KNOWN.get(version);
            if (known != null) return known;
            String hash = read(file);
            KNOWN.put(version, hash);
            return hash;
        } catch (IOException e) {
            throw new RefusedException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** The SHA-256 of some bytes, in hexadecimal. */
    public static String of(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    private static String read(Path file) throws IOException {
        MessageDigest digest = digest();
        byte[] chunk = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n; (n = in.read(chunk)) > 0; ) digest.update(chunk, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
