package io.sampler4j.runtime.profile;

import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down every change: through SLF4J, and as lines of JSON at the end of a file where there is one. Thread-safe. */
final class SwitchLog {
    private static final Logger LOG = LoggerFactory.getLogger("io.sampler4j.profiles");

    private final Optional<Path> file;

    SwitchLog(Optional<Path> file) {
        this.file = file;
    }

    /**
     * Writes one down. What is to be made is written first, so that no change goes without its line.
     *
     * @throws RefusedException if the file cannot be written
     */
    void write(ProfileSwitch change) {
        append(change.toJson() + "\n");
        if (change.done()) LOG.info("profile {}: {}", change.profile(), change.toJson());
        else LOG.warn("profile {}: {}", change.profile(), change.toJson());
    }

    private void append(String line) {
        if (file.isEmpty()) return;
        // One write of a channel that appends, so that lines of several processes do not mix.
        try (FileChannel channel = FileChannel.open(file.get(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            channel.force(false);
        } catch (IOException e) {
            throw new RefusedException(
                    "the log of profiles " + file.get() + " cannot be written (" + e
                            + "), and nothing is changed without a line there: make it writable, or name another",
                    e);
        }
    }
}
