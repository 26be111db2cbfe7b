package io.sampler4j.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.text.Tokenizer.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptFilesTest {
    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("f.json"), text);
    }

    @Test
    void eachLineIsAPromptAndBlankOnesAreNone() throws IOException {
        assertThat(PromptFiles.prompts(file("{\"prompt\": \"a\"}\n\n  \n{\"prompt\": \"\", \"id\": 7}\n")))
                .containsExactly("a", "");
    }

    @Test
    void aLineThatIsNoPromptIsNamed() throws IOException {
        Path file = file("{\"prompt\": \"a\"}\n\n{\"text\": \"b\"}\n");
        assertThatThrownBy(() -> PromptFiles.prompts(file))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("line 3: expected {\"prompt\": \"...\"}");
        Path broken = file("{");
        assertThatThrownBy(() -> PromptFiles.prompts(broken)).hasMessageContaining("is not JSON lines");
        assertThatThrownBy(() -> PromptFiles.prompts(folder.resolve("none"))).hasMessageContaining("cannot read");
    }

    @Test
    void aConversationIsAListOfRolesAndContents() throws IOException {
        List<Message> said = PromptFiles.messages(file("""
                [{"role": "system", "content": "s"},
                 {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "role": "user"}]
                """));
        assertThat(said).extracting(Message::role).containsExactly("system", "user");
        assertThat(said).extracting(Message::text).containsExactly("s", "ab");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"role\": \"user\", \"content\": \"x\"} | expected a list of messages",
                "[{\"content\": \"x\"}] | message 1 has no role",
                "[{\"role\": \"a\", \"content\": \"x\"}, {\"role\": \"b\"}] | message 2: its content is neither",
                "[{\"role\": \"a\", \"content\": [{\"type\": \"image_url\"}]}] | its content is neither",
                "[{\"role\": \"a\", \"content\": \"x\", \"tool_calls\": []}] | has \"tool_calls\"",
                "[ | is no JSON list",
            })
    void whatIsNoConversationIsRefused(String text, String words) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> PromptFiles.messages(file))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(words);
    }
}
