package io.sampler4j.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;

/** The built distribution that these tests use, as a user would unpack it. */
public final class Distribution {
    private Distribution() {}

    /** Its folder. */
    public static Path home() {
        String home = System.getProperty("sampler4j.distribution");
        if (home == null) throw new IllegalStateException("mvn verify builds the distribution and says where it is");
        return Path.of(home);
    }

    /** Its plugin jars. */
    public static Path plugins() {
        return home().resolve("plugins");
    }

    /** Copies its plugin jars into a folder, so that a test may change what is there. */
    static void copyPlugins(Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> jars = Files.list(plugins())) {
            for (Path jar : jars.toList()) Files.copy(jar, to.resolve(jar.getFileName()));
        }
    }

    /** Its models. */
    public static Path models() {
        return home().resolve("models");
    }

    /** The SHA-256 of a file in hexadecimal, as manifests list it. */
    public static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
