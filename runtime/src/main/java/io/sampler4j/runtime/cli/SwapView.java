package io.sampler4j.runtime.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.runtime.plugin.PluginListener;
import io.sampler4j.runtime.plugin.Swap;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;

/** What becomes of plugins, a line an event. Thread-safe. */
final class SwapView implements PluginListener {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final int HASH = 12;

    private final PrintStream out;
    private final boolean json;

    SwapView(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    @Override
    public void switched(Swap swap) {
        say(
                word(swap.cause()),
                swap.generation(),
                "generation " + swap.generation() + " is live, by " + swap.by() + " (" + word(swap.cause()) + ")");
        for (Swap.Change c : swap.changes()) say(word(c.kind()), swap.generation(), change(c));
    }

    private static String change(Swap.Change c) {
        String name =
                c.id() + " " + c.version() + "  " + Objects.toString(c.file().getFileName(), "");
        return switch (c.kind()) {
            case ADDED -> "+ " + name + "  " + hash(c.to());
            case REMOVED -> "- " + name + "  " + hash(c.from());
            case REPLACED -> "~ " + name + "  " + hash(c.from()) + " -> " + hash(c.to());
            case REFUSED -> "! " + name + "  " + hash(c.to()) + "  " + c.problem() + "; remedy: " + c.remedy();
        };
    }

    private static String hash(String sha256) {
        return sha256.isEmpty() ? "-" : sha256.substring(0, HASH);
    }

    @Override
    public void untouched(Swap.Cause cause, String by, String why) {
        say("untouched", 0, "the plugins stay as they are: " + why);
    }

    @Override
    public void probing(Path file, String sha256) {
        say("probing", 0, "trying " + file.getFileName() + "  " + hash(sha256));
    }

    @Override
    public void closed(long generation) {
        say("closed", generation, "generation " + generation + " is closed");
    }

    @Override
    public void collected(long generation) {
        say("collected", generation, "generation " + generation + " is collected");
    }

    private synchronized void say(String event, long generation, String text) {
        if (json) {
            ObjectNode line = JsonNodeFactory.instance.objectNode().put("event", event);
            if (generation > 0) line.put("generation", generation);
            out.println(line.put("text", text));
        } else {
            out.println(LocalTime.now().format(TIME) + "  " + text.replace(System.lineSeparator(), "; "));
        }
        out.flush();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
