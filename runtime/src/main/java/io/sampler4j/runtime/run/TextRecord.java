package io.sampler4j.runtime.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.text.Tokenizer.Message;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.Models;
import io.sampler4j.model.tokens.TokenKernels;
import io.sampler4j.onnx.OnnxRuntime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Everything that made a text: enough to make it again. Immutable. */
public final class TextRecord {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 1;

    private final ObjectNode json;

    private TextRecord(ObjectNode json) {
        this.json = json;
    }

    static TextRecord of(TextDraft d, TextResult result) {
        ObjectNode r = JSON.createObjectNode();
        r.put("format", FORMAT).put("verb", "generate");
        Record.model(r.putObject("model"), d.directory);
        d.request.profiled().ifPresent(p -> Record.profile(r.putObject("profile"), p));
        r.put("network", d.role);
        Record.component(r.putObject("sampler"), d.sampler);
        d.scheduler.ifPresent(s -> Record.component(r.putObject("scheduler"), s));
        Record.options(r, d.components.settings(), "model", TextDraft.MODEL);
        r.put("followsGrid", d.sampler.component().followsGrid());
        r.put("steps", d.grid.steps()).put("cfgScale", d.scale).put("batch", d.batch);
        ArrayNode prompts = r.putArray("prompts");
        if (d.request.infill().isPresent()) r.put("infill", d.request.infill().get());
        else d.request.prompts().forEach(prompts::add);
        if (!d.request.chats().isEmpty()) {
            r.put("now", d.now.toString());
            ArrayNode chats = r.putArray("chats");
            for (List<Message> chat : d.request.chats()) {
                ArrayNode one = chats.addArray();
                chat.forEach(m -> one.addObject().put("role", m.role()).put("content", m.text()));
            }
        }
        d.request.length().ifPresent(l -> r.put("length", l));
        r.put("control", d.request.control());
        d.request.resume().ifPresent(f -> r.put("resumed", true));
        r.put("seed", d.seed);
        ArrayNode ids = r.putArray("ids");
        for (int k = 0; k < result.count(); k++) {
            ArrayNode one = ids.addArray();
            for (int id : result.ids(k)) one.add(id);
        }
        r.put("nfe", result.nfe()).put("rows", result.rows());
        ObjectNode platform = r.putObject("platform");
        platform.put("sampler4j", Record.version()).put("onnxruntime", OnnxRuntime.version());
        platform.put("device", d.device.toString()).put("threads", d.threads);
        platform.put("logits", TokenKernels.name());
        platform.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        platform.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        r.put("samplesSha256", hash(result));
        return new TextRecord(r);
    }

    private static String hash(TextResult result) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (HostCanvas.Saved c : result.canvases()) {
                ByteBuffer bytes = ByteBuffer.allocate(4 * c.ids().length).order(ByteOrder.LITTLE_ENDIAN);
                for (int id : c.ids()) bytes.putInt(id);
                digest.update(bytes.array());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** Whether this text is a record of a text: others are a {@link Record}. */
    public static boolean is(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node != null && node.has("prompts");
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /**
     * A record as it was written.
     *
     * @throws RefusedException if it is none, or of a later format
     */
    public static TextRecord parse(String text, String origin) {
        try {
            if (!is(text)) throw new RefusedException(origin + " holds no record of a text");
            ObjectNode node = (ObjectNode) JSON.readTree(text);
            if (node.path("format").asInt() != FORMAT) {
                throw new RefusedException(origin + " holds a record of format "
                        + node.path("format").asText() + ", and this version reads format " + FORMAT);
            }
            return new TextRecord(node);
        } catch (JsonProcessingException e) {
            throw new RefusedException(origin + " holds no record that can be read: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * The request that makes it again.
     *
     * @throws RefusedException if no installed model has the manifest it was made with, or it went on from a canvas
     */
    public TextRequest request(Models models) {
        String sha256 = json.path("model").path("sha256").asText();
        String name = json.path("model").path("name").asText();
        ModelDirectory model = models.withSha256(sha256)
                .orElseThrow(() -> new RefusedException("the record was made with the model \"" + name
                        + "\" whose manifest has sha256 " + sha256
                        + ", and no model directory here has it: add it to the"
                        + " models directory, or say --models-dir"));
        if (json.path("resumed").asBoolean()) {
            throw new RefusedException(
                    "the run went on from a saved canvas, which its record does not hold: repeat it with"
                            + " generate --resume and seed " + json.path("seed").asLong());
        }
        TextRequest r = TextRequest.of(model.path().toString())
                .sampler(json.path("sampler").path("name").asText())
                .seed(json.path("seed").asLong())
                .cfgScale(json.path("cfgScale").asDouble())
                .batch(json.path("batch").asInt())
                .control(json.path("control").asBoolean())
                .device(json.path("platform").path("device").asText());
        if (json.path("followsGrid").asBoolean(true)) {
            r = r.scheduler(json.path("scheduler").path("name").asText())
                    .steps(json.path("steps").asInt());
        }
        if (json.has("length")) r = r.length(json.path("length").asInt());
        if (json.has("infill")) r = r.infill(json.path("infill").asText());
        else if (json.has("chats")) r = r.chats(chats()).now(now());
        else r = r.prompts(prompts());
        for (String component : new String[] {"sampler", "scheduler"}) {
            for (Map.Entry<String, JsonNode> o :
                    json.path(component).path("options").properties()) {
                r = r.set(component + "." + o.getKey(), o.getValue().asText());
            }
        }
        for (Map.Entry<String, JsonNode> o : json.path("options").properties()) {
            r = r.set(o.getKey(), o.getValue().asText());
        }
        return r;
    }

    private List<List<Message>> chats() {
        List<List<Message>> chats = new ArrayList<>();
        for (JsonNode chat : json.path("chats")) {
            List<Message> messages = new ArrayList<>();
            for (JsonNode m : chat) {
                messages.add(
                        Message.of(m.path("role").asText(), m.path("content").asText()));
            }
            chats.add(messages);
        }
        return chats;
    }

    private LocalDateTime now() {
        try {
            return LocalDateTime.parse(json.path("now").asText());
        } catch (DateTimeParseException e) {
            throw new RefusedException(
                    "the record's time, \"" + json.path("now").asText() + "\", is none", e);
        }
    }

    private List<String> prompts() {
        List<String> prompts = new ArrayList<>();
        json.path("prompts").forEach(p -> prompts.add(p.asText()));
        return prompts;
    }

    /** Whether another run made the very ids. */
    public boolean same(TextRecord other) {
        return json.path("samplesSha256").equals(other.json.path("samplesSha256"));
    }

    /** As one line of JSON. */
    public String json() {
        return json.toString();
    }

    /** As indented JSON. */
    public String pretty() {
        return json.toPrettyString() + "\n";
    }
}
