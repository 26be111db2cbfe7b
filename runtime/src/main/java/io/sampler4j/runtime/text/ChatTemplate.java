package io.sampler4j.runtime.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.text.Tokenizer.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** How a model wants a conversation written, from the files of its tokenizer. Immutable and thread-safe. */
public final class ChatTemplate {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Templates build control tokens of it, such as {@code <|user|>}: nothing but a name. */
    private static final Pattern ROLE = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");

    private final Jinja template;
    private final Map<String, String> specials;
    private final LocalDateTime now;

    private ChatTemplate(Jinja template, Map<String, String> specials, LocalDateTime now) {
        this.template = template;
        this.specials = specials;
        this.now = now;
    }

    /**
     * Reads one: the template of {@code chat_template.jinja} where there is one, else that of the configuration (its
     * {@code default} where there are several by name), and the special tokens that the configuration names.
     *
     * @param config a {@code tokenizer_config.json}
     * @param now the time that the template is told
     * @throws RefusedException if there is no template, or a file cannot be read
     */
    public static ChatTemplate read(Optional<Path> config, Optional<Path> jinja, LocalDateTime now) {
        JsonNode root = config.map(ChatTemplate::json).orElseGet(JSON::createObjectNode);
        Map<String, String> specials = new HashMap<>();
        for (Map.Entry<String, JsonNode> e : root.properties()) {
            JsonNode token = e.getValue().isObject() ? e.getValue().path("content") : e.getValue();
            if (e.getKey().endsWith("_token") && token.isTextual()) specials.put(e.getKey(), token.asText());
        }
        String source = jinja.map(ChatTemplate::text).orElseGet(() -> source(root.path("chat_template"), config));
        return new ChatTemplate(new Jinja(source), Map.copyOf(specials), now);
    }

    private static String source(JsonNode node, Optional<Path> config) {
        if (node.isTextual()) return node.asText();
        List<String> names = new ArrayList<>();
        for (JsonNode one : node) {
            names.add(one.path("name").asText());
            if (one.path("name").asText().equals("default") || node.size() == 1)
                return one.path("template").asText();
        }
        if (!names.isEmpty()) {
            throw new RefusedException(config.orElseThrow() + " has the chat templates " + names
                    + " and none named default: name the one that is meant so");
        }
        throw new RefusedException(
                "the model has no chat template: there is no chat_template.jinja beside its tokenizer, and "
                        + config.map(f -> f + " has no chat_template").orElse("its manifest names no tokenizer.config")
                        + ". Give it a prompt instead");
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(text(file));
        } catch (JsonProcessingException e) {
            throw new RefusedException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new RefusedException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes a conversation, up to where the answer begins.
     *
     * @param guarded what is done to each message's text before the template sees it
     * @throws RefusedException if a role is no name, or the template refuses or fails
     */
    String render(List<Message> messages, UnaryOperator<String> guarded) {
        List<Map<String, String>> all = new ArrayList<>();
        for (Message m : messages) {
            if (!ROLE.matcher(m.role()).matches()) {
                throw new RefusedException(
                        "a role is a name, such as user or assistant, and \"" + m.role() + "\" is none");
            }
            all.add(Map.of("role", m.role(), "content", guarded.apply(m.text())));
        }
        Map<String, Object> variables = new HashMap<>(specials);
        variables.put("messages", all);
        variables.put("add_generation_prompt", true);
        return template.render(variables, now);
    }
}
