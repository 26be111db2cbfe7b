package io.sampler4j.runtime.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.text.Tokenizer.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Files that say what a text begins with. */
final class PromptFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PromptFiles() {}

    /** JSON lines of {@code {"prompt": ...}}. */
    static List<String> prompts(Path file) {
        List<String> prompts = new ArrayList<>();
        try {
            int number = 0;
            for (String text : Files.readAllLines(file)) {
                number++;
                if (text.isBlank()) continue;
                JsonNode node = JSON.readTree(text);
                if (!node.path("prompt").isTextual()) {
                    throw new RefusedException(
                            file + ", line " + number + ": expected {\"prompt\": \"...\"}, found " + text);
                }
                prompts.add(node.path("prompt").asText());
            }
        } catch (JsonProcessingException e) {
            throw new RefusedException(file + " is not JSON lines of {\"prompt\": ...}: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new RefusedException("cannot read the prompts in " + file + ": " + e.getMessage(), e);
        }
        return prompts;
    }

    /** A JSON list of {@code {"role": ..., "content": ...}}; a content may be a list of parts of type text. */
    static List<Message> messages(Path file) {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new RefusedException(file + " is no JSON list of messages: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new RefusedException("cannot read the messages in " + file + ": " + e.getMessage(), e);
        }
        if (!root.isArray()) {
            throw new RefusedException(
                    file + ": expected a list of messages, [{\"role\": \"user\", \"content\": \"...\"}]");
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode m : root) messages.add(message(m, file + ", message " + (messages.size() + 1)));
        return messages;
    }

    private static Message message(JsonNode m, String place) {
        for (Map.Entry<String, JsonNode> member : m.properties()) {
            if (!member.getKey().equals("role") && !member.getKey().equals("content")) {
                throw new RefusedException(place + " has \"" + member.getKey() + "\": only role and content are known");
            }
        }
        if (!m.path("role").isTextual()) throw new RefusedException(place + " has no role, such as \"user\"");
        return Message.of(m.path("role").asText(), content(m.path("content"), place));
    }

    private static String content(JsonNode content, String place) {
        if (content.isTextual()) return content.asText();
        boolean parts = content.isArray()
                && StreamSupport.stream(content.spliterator(), false)
                        .allMatch(p -> p.path("type").asText().equals("text")
                                && p.path("text").isTextual());
        if (!parts)
            throw new RefusedException(place + ": its content is neither a text nor a list of parts of type text");
        StringBuilder text = new StringBuilder();
        for (JsonNode p : content) text.append(p.path("text").asText());
        return text.toString();
    }
}
