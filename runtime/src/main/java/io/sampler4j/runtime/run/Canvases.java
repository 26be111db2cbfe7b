package io.sampler4j.runtime.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.model.TokensSpec;
import io.sampler4j.runtime.output.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The canvases that runs start from: after a prompt, around holes, or as saved before. */
final class Canvases {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern HOLE = Pattern.compile("\\[MASK(?::(\\d{1,6}))?]");

    private Canvases() {}

    /** What is given and {@code length} masks after it. */
    static HostCanvas.Saved prompted(int[] given, int length, TokensSpec tokens) {
        int[] begun = begun(given, tokens), ids = Arrays.copyOf(begun, begun.length + length);
        Arrays.fill(ids, begun.length, ids.length, mask(tokens));
        return canvas(ids, tokens);
    }

    /** Ids that begin as every sequence of the model does: a chat template may have seen to it. */
    static int[] begun(int[] ids, TokensSpec tokens) {
        if (tokens.begin().isEmpty()
                || ids.length > 0 && ids[0] == tokens.begin().getAsInt()) return ids;
        return IntStream.concat(tokens.begin().stream(), IntStream.of(ids)).toArray();
    }

    /**
     * A text whose holes are masks. One space before a hole is the hole's: in the vocabularies of byte-level and unigram
     * tokenizers a word's token begins with it, and a space alone is a token that no word follows.
     */
    static HostCanvas.Saved infilled(String text, TokensSpec tokens, Tokenizer tokenizer) {
        IntStream ids = tokens.begin().stream();
        Matcher hole = HOLE.matcher(text);
        int at = 0;
        while (hole.find()) {
            ids = IntStream.concat(
                    ids, IntStream.of(tokenizer.encode(text.substring(at, beforeSpace(text, at, hole.start())))));
            int n = hole.group(1) == null ? 1 : Integer.parseInt(hole.group(1));
            ids = IntStream.concat(ids, IntStream.range(0, n).map(i -> mask(tokens)));
            at = hole.end();
        }
        ids = IntStream.concat(ids, IntStream.of(tokenizer.encode(text.substring(at))));
        HostCanvas.Saved canvas = canvas(ids.toArray(), tokens);
        boolean none = true;
        for (boolean open : canvas.open()) none &= !open;
        if (none) {
            throw new RefusedException(
                    "the text to fill in has no hole: write [MASK:3] where three tokens are to be found");
        }
        return canvas;
    }

    private static int beforeSpace(String text, int from, int end) {
        return end > from && text.charAt(end - 1) == ' ' ? end - 1 : end;
    }

    private static int mask(TokensSpec tokens) {
        return tokens.mask().orElse(-1);
    }

    private static HostCanvas.Saved canvas(int[] ids, TokensSpec tokens) {
        return HostCanvas.Saved.of(ids, mask(tokens));
    }

    /** Writes canvases, with the identity of the model whose ids they are. */
    static void write(Path file, String modelSha256, long seed, List<HostCanvas.Saved> canvases) {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", 1).put("model", modelSha256).put("seed", seed);
        ArrayNode array = root.putArray("canvases");
        for (HostCanvas.Saved c : canvases) {
            ObjectNode one = array.addObject().put("step", c.step());
            ArrayNode ids = one.putArray("ids"), open = one.putArray("open"), p = one.putArray("probability");
            for (int i = 0; i < c.ids().length; i++) {
                if (c.masked()[i]) ids.addNull();
                else ids.add(c.ids()[i]);
                open.add(c.open()[i] ? 1 : 0);
                p.add(c.probability()[i]);
            }
        }
        AtomicFile.write(file, s -> s.write(root.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** Saved canvases and the seed of the first. */
    record Resumed(long seed, List<HostCanvas.Saved> canvases) {}

    static Resumed read(Path file, String modelSha256, TokensSpec tokens) {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new RefusedException(file + " is no saved canvas: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new RefusedException("cannot read the saved canvas " + file + ": " + e.getMessage(), e);
        }
        if (root == null || root.path("format").asInt() != 1 || !root.has("canvases")) {
            throw new RefusedException(file + " is no saved canvas: --save-canvas writes them");
        }
        if (!root.path("model").asText().equals(modelSha256)) {
            throw new RefusedException(file + " was saved from another model: its ids mean nothing to this one");
        }
        List<HostCanvas.Saved> canvases = new ArrayList<>();
        for (JsonNode c : root.path("canvases")) canvases.add(canvas(c, tokens, file));
        return new Resumed(root.path("seed").asLong(), canvases);
    }

    private static HostCanvas.Saved canvas(JsonNode c, TokensSpec tokens, Path file) {
        int n = c.path("ids").size();
        int[] ids = new int[n];
        boolean[] open = new boolean[n], masked = new boolean[n];
        double[] probability = new double[n];
        for (int i = 0; i < n; i++) {
            masked[i] = c.path("ids").get(i).isNull();
            ids[i] = masked[i] ? mask(tokens) : c.path("ids").get(i).asInt(-1);
            open[i] = c.path("open").path(i).asInt() == 1;
            probability[i] = c.path("probability").path(i).asDouble();
            boolean known = ids[i] >= 0 && ids[i] < Math.max(tokens.vocabulary(), mask(tokens) + 1);
            if (!masked[i] && !known) {
                throw new RefusedException(file + ": the id " + c.path("ids").get(i) + " at position " + i
                        + " is not one of the " + tokens.vocabulary() + " of this model");
            }
        }
        return new HostCanvas.Saved(
                ids, open, masked, probability, c.path("step").asInt());
    }
}
