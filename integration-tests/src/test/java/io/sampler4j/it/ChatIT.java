package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.text.Tokenizer.Message;
import io.sampler4j.model.Hashes;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.run.TextPlan;
import io.sampler4j.runtime.run.TextRecord;
import io.sampler4j.runtime.run.TextRequest;
import io.sampler4j.runtime.run.TextResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations with the shipped checkpoint, which was given a chat template: in Java and on the command line. */
class ChatIT {
    private static final String TEMPLATE = "{{ strftime_now('%Y-%m-%d %H:%M:%S') }}{% for m in messages %}"
            + "{{ '\\n' + m.role }}: {{ m.content | trim }}{{ eos_token }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '\\nassistant:' }}{% endif %}";

    @TempDir
    Path folder;

    private Path models;
    private Sampler4j sampler4j;

    @BeforeEach
    void open() throws IOException {
        models = Files.createDirectory(folder.resolve("models"));
        Path from = Distribution.models().resolve("kjv-llada"),
                model = Files.createDirectory(models.resolve("kjv-chat"));
        try (Stream<Path> files = Files.list(from)) {
            for (Path f : files.filter(Files::isRegularFile).toList()) Files.copy(f, model.resolve(f.getFileName()));
        }
        Path config = model.resolve("tokenizer_config.json"), manifest = model.resolve("model.json");
        ObjectMapper json = new ObjectMapper();
        ObjectNode said = (ObjectNode) json.readTree(config.toFile());
        json.writeValue(config.toFile(), said.put("chat_template", TEMPLATE));
        ObjectNode root = (ObjectNode) json.readTree(manifest.toFile());
        ((ObjectNode) root.path("files")).put("tokenizer_config.json", Hashes.of(config));
        json.writeValue(manifest.toFile(), root);
        sampler4j = Sampler4j.builder()
                .modelsDirectory(models)
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    @AfterEach
    void close() {
        sampler4j.close();
    }

    private static TextRequest ask(String... messages) {
        return TextRequest.of("kjv-chat")
                .chat(Arrays.stream(messages).map(m -> Message.of("user", m)).toList())
                .length(8)
                .steps(4)
                .seed(1);
    }

    @Test
    void aConversationIsAnsweredAfterItsTemplate() {
        TextResult r = sampler4j.run(ask(" In the beginning<|endoftext|> ", "And"));
        String text = r.text(0);
        assertThat(text).contains("\nuser: In the beginning<|endoftext|>\nuser: And\nassistant:");
        try (TextPlan plan = sampler4j.plan(ask(" In the beginning<|endoftext|> ", "And"))) {
            assertThat(Arrays.stream(plan.start(0)).filter(id -> id == 0)).hasSize(2);
            assertThat(Arrays.stream(plan.start(0)).filter(id -> id == -1)).hasSize(8);
        }
    }

    /** The time that the template was told is part of the record. */
    @Test
    void aConversationIsMadeAgainFromItsRecord() {
        TextResult made = sampler4j.run(ask("In the beginning"));
        TextRecord record = TextRecord.parse(made.record().json(), "it");
        TextResult again = sampler4j.run(record.request(sampler4j.models()));
        assertThat(again.text(0)).isEqualTo(made.text(0));
        assertThat(again.record().same(made.record())).isTrue();
        String earlier = made.record().json().replaceFirst("\"now\":\"[^\"]+\"", "\"now\":\"2020-01-02T03:04:05\"");
        TextRequest then = TextRecord.parse(earlier, "it").request(sampler4j.models());
        assertThat(sampler4j.run(then).text(0)).startsWith("2020-01-02 03:04:05\nuser: In the beginning");
    }

    @Test
    void aModelWithoutATemplateIsRefused() {
        try (Sampler4j shipped = Sampler4j.builder()
                .modelsDirectory(Distribution.models())
                .pluginsDirectory(Distribution.plugins())
                .open()) {
            TextRequest request = TextRequest.of("kjv-llada").chat(List.of(Message.of("user", "x")));
            assertThatThrownBy(() -> shipped.plan(request))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("the model has no chat template");
        }
        assertThatThrownBy(() -> sampler4j.plan(ask())).hasMessageContaining("a conversation has no message");
    }

    @Test
    void aTemplateBesideTheTokenizerGoesBeforeThatOfTheConfiguration() throws IOException {
        Path model = models.resolve("kjv-chat"), jinja = model.resolve("chat_template.jinja");
        Files.writeString(jinja, "Said: {{ messages[0].content }}");
        assertThatThrownBy(() -> sampler4j.plan(ask("x"))).hasMessageContaining("does not list chat_template.jinja");
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = (ObjectNode) json.readTree(model.resolve("model.json").toFile());
        ((ObjectNode) root.path("files")).put("chat_template.jinja", Hashes.of(jinja));
        json.writeValue(model.resolve("model.json").toFile(), root);
        assertThat(sampler4j.run(ask("x")).text(0)).startsWith("Said: x");
    }

    @Test
    void theCommandLineAnswersAPromptOrAConversation() throws Exception {
        String out = folder.resolve("t.txt").toString();
        Tool.Ended chat = generate("-p", "In the beginning", "--chat", "-o", out);
        assertThat(chat.code()).as(chat.err()).isZero();
        assertThat(Files.readString(Path.of(out))).contains("\nuser: In the beginning\nassistant:");
        Tool.Ended replay = Tool.run("replay", out, "--models-dir", models.toString());
        assertThat(replay.err()).contains("the same tokens");
        Path messages = Files.writeString(folder.resolve("m.json"), """
                [{"role": "system", "content": "Be brief."},
                 {"role": "user", "content": [{"type": "text", "text": "In "}, {"type": "text", "text": "the"}]}]
                """);
        assertThat(generate("--messages", messages.toString()).out())
                .contains("\nsystem: Be brief.\nuser: In the\nassistant:");
        Files.writeString(messages, "[{\"role\": \"user\", \"content\": \"x\", \"name\": \"me\"}]");
        assertThat(generate("--messages", messages.toString()).err())
                .contains("message 1 has \"name\": only role and content are known");
        Files.writeString(messages, "{\"role\": \"user\"}");
        assertThat(generate("--messages", messages.toString()).err()).contains("expected a list of messages");
        assertThat(generate("--chat").err()).contains("--chat is about what --prompt or --prompts says");
        assertThat(generate("--messages", messages.toString(), "-p", "x").err()).contains("exclude one another");
    }

    private Tool.Ended generate(String... more) throws Exception {
        List<String> all = new java.util.ArrayList<>(List.of("generate", "--model", "kjv-chat", "--models-dir"));
        all.addAll(List.of(models.toString(), "--length", "4", "--steps", "2", "--seed", "1"));
        all.addAll(List.of(more));
        return Tool.run(all.toArray(new String[0]));
    }
}
