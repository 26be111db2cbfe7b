package io.sampler4j.runtime.plugin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes down what became of plugins: through SLF4J, and as lines of JSON at the end of a file where there is one. A
 * line is written at once, so that two processes may share a file.
 */
final class SwapLog implements PluginListener {
    private final Optional<Path> file;

    /** @throws RefusedException if the file cannot be written */
    SwapLog(Optional<Path> file) {
        this.file = file;
        file.ifPresent(f -> {
            try {
                append(f, "");
            } catch (IOException e) {
                throw new RefusedException(
                        "the log of plugins " + f + " cannot be written (" + e + "): name a file that can", e);
            }
        });
    }

    private static void append(Path file, String text) throws IOException {
        Files.write(
                file,
                text.getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
    }

    @Override
    public void switched(Swap swap) {
        PluginHost.LOG.info(
                "generation {} of plugins is live after {}, by {} ({})",
                swap.generation(),
                swap.before(),
                swap.by(),
                Swap.word(swap.cause()));
        for (Swap.Change c : swap.changes()) {
            if (c.kind() == Swap.Kind.REFUSED) {
                PluginHost.LOG.warn("{} is refused: {}; {}", c.file(), c.problem(), c.remedy());
            } else {
                PluginHost.LOG.info(
                        "{} {} of {}: from [{}] to [{}]", Swap.word(c.kind()), c.id(), c.file(), c.from(), c.to());
            }
        }
        write(swap.json());
    }

    @Override
    public void untouched(Swap.Cause cause, String by, String why) {
        PluginHost.LOG.warn("the plugins stay as they are, asked by {} ({}): {}", by, Swap.word(cause), why);
        write(line("untouched", Instant.now(), cause, by).put("problem", why));
    }

    @Override
    public void probing(Path jar, String sha256) {
        PluginHost.LOG.info("trying {} [{}]", jar, sha256);
    }

    @Override
    public void closed(long generation) {
        PluginHost.LOG.info("generation {} of plugins is closed", generation);
    }

    @Override
    public void collected(long generation) {
        PluginHost.LOG.info("generation {} of plugins is collected", generation);
    }

    private static ObjectNode line(String event, Instant at, Swap.Cause cause, String by) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("at", at.toString())
                .put("event", event)
                .put("cause", Swap.word(cause))
                .put("by", by);
    }

    /** A log that cannot be written any more must not undo the switch: it is said, and that is all. */
    private void write(ObjectNode line) {
        file.ifPresent(f -> {
            try {
                append(f, line + "\n");
            } catch (IOException e) {
                PluginHost.LOG.error("the log of plugins {} cannot be written: {} is lost", f, line, e);
            }
        });
    }
}
