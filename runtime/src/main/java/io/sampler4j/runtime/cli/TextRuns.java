package io.sampler4j.runtime.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.run.TextPlan;
import io.sampler4j.runtime.run.TextRequest;
import io.sampler4j.runtime.run.TextResult;
import io.sampler4j.runtime.run.TokenEvent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.cli.CommandLine;

/** Makes text for a person or a machine: a canvas that fills, or events as JSON lines; then the text. */
final class TextRuns {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TextRuns() {}

    static TextResult run(Sampler4j sampler4j, TextRequest request, CommandLine line, Terminal terminal) {
        boolean stream = line.hasOption("stream"), json = line.hasOption("json"), tokens = line.hasOption("tokens");
        Optional<Path> out = line.hasOption("output")
                ? Optional.of(CommonOptions.path(line.getOptionValue("output")))
                : Optional.empty();
        out.ifPresent(o -> {
            if (!o.toString().toLowerCase(Locale.ROOT).endsWith(".txt")) {
                throw new RefusedException(
                        "text goes to a file whose name ends in .txt, or to standard output: got " + o);
            }
        });
        long started = System.nanoTime();
        return Runs.interruptible(cancellation -> {
            try (TextPlan plan = sampler4j.plan(request)) {
                TextResult result;
                try (CanvasView view = CanvasView.of(terminal, stream || json, plan)) {
                    TokenEvent.Listener listener = stream ? e -> event(e, terminal) : view;
                    result = plan.run(listener, cancellation);
                }
                cancellation.check();
                out.ifPresent(result::write);
                if (json) terminal.out().println(json(result));
                else if (!stream && out.isEmpty()) print(result, tokens, terminal);
                if (!json && !stream) said(result, out, System.nanoTime() - started, terminal);
                return result;
            }
        });
    }

    private static void event(TokenEvent e, Terminal terminal) {
        ObjectNode node = JSON.createObjectNode();
        node.put("request", e.request()).put("position", e.position()).put("token", e.token());
        node.put("probability", e.probability()).put("step", e.step()).put("final", e.last());
        if (!e.text().isEmpty()) node.put("text", e.text());
        terminal.out().println(node);
        terminal.out().flush();
    }

    private static void print(TextResult result, boolean tokens, Terminal terminal) {
        for (int k = 0; k < result.count(); k++) {
            if (tokens) {
                terminal.out()
                        .println(Arrays.stream(result.ids(k))
                                .mapToObj(String::valueOf)
                                .collect(Collectors.joining(" ")));
            } else {
                if (k > 0) terminal.out().println();
                terminal.out().println(result.text(k));
            }
        }
        terminal.out().flush();
    }

    private static void said(TextResult result, Optional<Path> out, long nanos, Terminal terminal) {
        long made = 0;
        for (int k = 0; k < result.count(); k++) made += result.ids(k).length;
        terminal.err()
                .printf(
                        Locale.ROOT,
                        "%s%d text%s, %d tokens, seed %d, %d network calls, %.1f s%n",
                        out.map(o -> o + ": ").orElse(""),
                        result.count(),
                        result.count() == 1 ? "" : "s",
                        made,
                        result.seed(),
                        result.nfe(),
                        nanos / 1e9);
    }

    private static ObjectNode json(TextResult result) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ArrayNode texts = node.putArray("texts");
        for (int k = 0; k < result.count(); k++) {
            ObjectNode one = texts.addObject().put("text", result.text(k));
            ArrayNode ids = one.putArray("ids"), p = one.putArray("probabilities");
            for (int id : result.ids(k)) ids.add(id);
            for (double x : result.probabilities(k)) p.add(x);
        }
        node.put("seed", result.seed()).put("nfe", result.nfe()).put("rows", result.rows());
        node.put("networkShare", result.networkShare());
        try {
            node.set("record", JSON.readTree(result.record().json()));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException("a record is JSON", e);
        }
        return node;
    }
}
