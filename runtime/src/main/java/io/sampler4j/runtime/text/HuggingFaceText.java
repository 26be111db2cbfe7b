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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * A Hugging Face {@code tokenizer.json} of any kind. Two native tokenizers serve it: one as the file is, which decodes and
 * knows control tokens, and one in which each of them has the name of a {@linkplain ControlMarks mark}, since the library
 * has no way to leave control tokens in user text alone. Never truncates, pads or downloads. Thread-safe; holds native
 * memory until it is closed.
 */
public final class HuggingFaceText implements Tokenizer, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HuggingFaceTokenizer whole;
    private final HuggingFaceTokenizer marked;
    private final Map<String, Integer> special = new LinkedHashMap<>();
    private final Map<Integer, String> controls = new LinkedHashMap<>();
    private final ControlMarks marks;
    /** Ids of the marked tokenizer that are others in the file: a name outside the vocabulary gets the next free id. */
    private final Map<Integer, Integer> meant = new HashMap<>();

    private final int vocabulary;
    private final boolean parseControl;
    private final Supplier<ChatTemplate> template;

    private HuggingFaceText(ObjectNode file, boolean parseControl, Supplier<ChatTemplate> template) throws IOException {
        // On a machine with CUDA the library would look for, and download, another flavour of itself.
        if (System.getProperty("ai.djl.offline") == null) System.setProperty("ai.djl.offline", "true");
        this.parseControl = parseControl;
        this.template = template;
        int most = -1;
        ArrayNode markedTokens = JSON.createArrayNode();
        for (JsonNode token : file.path("added_tokens")) {
            int id = token.path("id").asInt();
            ObjectNode renamed = token.deepCopy();
            special.put(token.path("content").asText(), id);
            if (token.path("special").asBoolean()) {
                renamed.put("content", ControlMarks.mark(controls.size())).put("normalized", false);
                controls.put(id, token.path("content").asText());
            }
            markedTokens.add(renamed);
            most = Math.max(most, id);
        }
        marks = new ControlMarks(List.copyOf(controls.values()));
        vocabulary = Math.max(most, highest(file.path("model").path("vocab"))) + 1;
        // What the file says of lengths is for training: a prompt is refused where it is too long, never cut.
        file.putNull("truncation").putNull("padding");
        whole = open(file);
        ObjectNode without = file.deepCopy();
        without.set("added_tokens", markedTokens);
        try {
            marked = open(without);
        } catch (IOException | RuntimeException e) {
            whole.close();
            throw e;
        }
        for (JsonNode token : markedTokens) {
            int[] got = ids(marked, token.path("content").asText());
            int id = token.path("id").asInt();
            if (got.length == 1 && got[0] != id) meant.put(got[0], id);
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
     * @param template asked for once a conversation is encoded
     * @throws RefusedException if the file is none, or the native library has none for this platform
     */
    public static HuggingFaceText load(Path tokenizerJson, boolean parseControl, Supplier<ChatTemplate> template) {
        try {
            JsonNode node = JSON.readTree(Files.readAllBytes(tokenizerJson));
            if (!(node instanceof ObjectNode object) || !node.has("model")) {
                throw new RefusedException(tokenizerJson + " is no tokenizer.json: it has no member \"model\"");
            }
            return new HuggingFaceText(object, parseControl, template);
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
        if (parseControl) return ids(whole, text);
        ControlMarks.check(text);
        return meant(text);
    }

    /** Control tokens are those of the template alone, unless this tokenizer was told to look for them in text. */
    @Override
    public int[] chat(List<Message> messages) {
        ChatTemplate chat = template.get();
        if (parseControl) return ids(whole, chat.render(messages, text -> text));
        return meant(marks.mark(chat.render(messages, marks::guard)));
    }

    private int[] meant(String text) {
        int[] ids = ids(marked, text);
        for (int i = 0; i < ids.length; i++) ids[i] = meant.getOrDefault(ids[i], ids[i]);
        return ids;
    }

    private static int[] ids(HuggingFaceTokenizer tokenizer, String text) {
        if (text.isEmpty()) return new int[0];
        long[] ids = tokenizer.encode(text, false, false).getIds();
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
        marked.close();
        whole.close();
    }
}
