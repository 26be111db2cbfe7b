package io.sampler4j.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceTextTest {
    /** The tokenizer of the checkpoint that ships: byte-level BPE, two control tokens. */
    private static final Path FILE = Path.of("../onnx-models/models/kjv-llada/tokenizer.json");

    private static final Supplier<ChatTemplate> NO_CHAT = () -> {
        throw new AssertionError("no conversation is encoded");
    };

    @Test
    void textComesBackWhateverItIs() {
        try (HuggingFaceText t = HuggingFaceText.load(FILE, false, NO_CHAT)) {
            for (String text :
                    new String[] {"", "In the beginning", "  two  spaces\n", "é ὁ λόγος 🕊 𝔸", "a".repeat(9)}) {
                int[] ids = t.encode(text);
                assertThat(t.decode(ids, 0, ids.length)).isEqualTo(text);
            }
            assertThat(t.vocabulary()).isEqualTo(4096);
        }
    }

    /** The library cuts at 512 tokens unless told otherwise. */
    @Test
    void aLongTextIsNotCut() {
        try (HuggingFaceText t = HuggingFaceText.load(FILE, false, NO_CHAT)) {
            String text = "and it came to pass ".repeat(1000);
            int[] ids = t.encode(text);
            assertThat(ids.length).isGreaterThan(2000);
            assertThat(t.decode(ids, 0, ids.length)).isEqualTo(text);
        }
    }

    @Test
    void controlTokensInTextAreTextUnlessAsked() {
        String text = "x<|endoftext|>y";
        try (HuggingFaceText plain = HuggingFaceText.load(FILE, false, NO_CHAT);
                HuggingFaceText parsing = HuggingFaceText.load(FILE, true, NO_CHAT)) {
            int end = plain.special("<|endoftext|>").orElseThrow();
            assertThat(plain.encode(text)).doesNotContain(end);
            assertThat(plain.decode(plain.encode(text), 0, plain.encode(text).length))
                    .isEqualTo(text);
            assertThat(parsing.encode(text)).contains(end);
            assertThat(plain.special("<|nothing|>")).isEmpty();
        }
    }

    @Test
    void aStreamGivesWholeCharactersAndLosesNothing() {
        try (HuggingFaceText t = HuggingFaceText.load(FILE, false, NO_CHAT)) {
            String text = "the dove 🕊 and the word λόγος, é";
            int[] ids = t.encode(text);
            StringBuilder all = new StringBuilder();
            Tokenizer.Stream stream = t.stream();
            boolean held = false;
            for (int id : ids) {
                String now = stream.push(id);
                held |= now.isEmpty();
                assertThat(now).doesNotContain("\uFFFD");
                all.append(now);
            }
            assertThat(all.append(stream.finish())).hasToString(text);
            assertThat(held).isTrue();
            Tokenizer.Stream cut = t.stream();
            int[] dove = t.encode("🕊");
            assertThat(dove.length).isGreaterThan(1);
            assertThat(cut.push(dove[0])).isEmpty();
            assertThat(cut.finish()).contains("\uFFFD");
        }
    }

    @Test
    void whatIsNoTokenizerIsRefused(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("t.json"), "{}");
        assertThatThrownBy(() -> HuggingFaceText.load(file, false, NO_CHAT))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("tokenizer.json");
        assertThatThrownBy(() -> HuggingFaceText.load(folder.resolve("none"), false, NO_CHAT))
                .isInstanceOf(RefusedException.class);
    }
}
