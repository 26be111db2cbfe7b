package io.sampler4j.runtime.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.text.Tokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A Hugging Face {@code tokenizer.json} of any kind. Two native tokenizers serve it: one as the file is, which decodes and
 * knows control tokens, and one without them, since the library has no way to leave control tokens in user text alone.
 * Never truncates, pads or downloads. Thread-safe; holds native memory until it is closed.
 */
public final class HuggingFaceText implements Tokenizer, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HuggingFaceTokenizer whole;
    private final HuggingFaceTokenizer plain;
    private final Map<String, Integer> special = new LinkedHashMap<>();
    private final Map<Integer, String> controls = new LinkedHashMap<>();
    private final int vocabulary;
    private final boolean parseControl;

    private HuggingFaceText(ObjectNode file, boolean parseControl) throws IOException {
        // On a machine with CUDA the library would look for, and download, another flavour of itself.
        if (System.getProperty("ai.djl.offline") == null) System.setProperty("ai.djl.offline", "true");
        this.parseControl = parseControl;
        int most = -1;
        ArrayNode plainTokens = JSON.createArrayNode();
        for (JsonNode token : file.path("added_tokens")) {
            int id = token.path("id").asInt();
            special.put(token.path("content").asText(), id);
            if (token.path("special").asBoolean())
                controls.put(id, token.path("content").asText());
            else plainTokens.add(token);
            most = Math.max(most, id);
        }
        vocabulary = Math.max(most, highest(file.path("model").path("vocab"))) + 1;
        // What the file says of lengths is for training: a prompt is refused where it is too long, never cut.
        file.putNull("truncation").putNull("padding");
        whole = open(file);
        ObjectNode without = file.deepCopy();
        without.set("added_tokens", plainTokens);
        try {
            plain = open(without);
        } catch (IOException | RuntimeException e) {
            whole.close();
            throw e;
        }
    }

    private static HuggingFaceTokenizer open(ObjectNode file) throws IOException {
        return HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(JSON.writeValueAsBytes(file)),
                Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false"));
    }

    /** BPE and WordPiece map tokens to ids; Unigram lists them. */
    private static int highest(JsonNode vocabulary) {
        if (vocabulary.isArray()) return vocabulary.size() - 1;
        int most = -1;
        for (JsonNode id : vocabulary) most = Math.max(most, id.asInt());
        return most;
    }

    /**
     * Loads one.
     *
     * @param parseControl whether control tokens in text that is encoded are control tokens; else they are plain text
     * @throws RefusedException if the file is none, or the native library has none for this platform
     */
    public static HuggingFaceText load(Path tokenizerJson, boolean parseControl) {
        try {
            JsonNode node = JSON.readTree(Files.readAllBytes(tokenizerJson));
            if (!(node instanceof ObjectNode object) || !node.has("model")) {
                throw new RefusedException(tokenizerJson + " is no tokenizer.json: it has no member \"model\"");
            }
            return new HuggingFaceText(object, parseControl);
        } catch (IOException e) {
            throw new RefusedException("cannot read the tokenizer " + tokenizerJson + ": " + e.getMessage(), e);
        } catch (RefusedException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new RefusedException(
                    "the tokenizer " + tokenizerJson + " cannot be loaded: " + e.getMessage()
                            + ". The native library is there for Linux (x64, aarch64), macOS (arm64) and Windows (x64)",
                    e);
        }
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    @Override
    public int[] encode(String text) {
        if (text.isEmpty()) return new int[0];
        long[] ids = (parseControl ? whole : plain).encode(text, false, false).getIds();
        int[] small = new int[ids.length];
        for (int i = 0; i < ids.length; i++) small[i] = Math.toIntExact(ids[i]);
        return small;
    }

    @Override
    public String decode(int[] ids, int from, int to) {
        long[] big = new long[to - from];
        int n = 0;
        for (int i = from; i < to; i++) if (!controls.containsKey(ids[i])) big[n++] = ids[i];
        return n == 0 ? "" : whole.decode(java.util.Arrays.copyOf(big, n), true);
    }

    @Override
    public OptionalInt special(String token) {
        Integer id = special.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public Stream stream() {
        return new WindowStream(this);
    }

    @Override
    public void close() {
        plain.close();
        whole.close();
    }
}
