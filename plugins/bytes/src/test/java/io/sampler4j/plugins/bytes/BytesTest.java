package io.sampler4j.plugins.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.testing.TextOptions;
import io.sampler4j.api.text.Tokenizer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BytesTest {
    private static final String TEXT = "a é λ 🕊 \u0000 \uD835\uDD38";

    private static Tokenizer bytes(String first, String size) {
        return TextOptions.make(new Bytes(), Tokenizer.class, "bytes", Map.of("first", first, "size", size));
    }

    @Test
    void textComesBack() {
        for (Tokenizer t : new Tokenizer[] {bytes("0", "256"), bytes("2", "258")}) {
            int[] ids = t.encode(TEXT);
            assertThat(t.decode(ids, 0, ids.length)).isEqualTo(TEXT);
        }
        assertThat(bytes("2", "258").encode("a")).containsExactly(99);
    }

    @Test
    void aStreamHoldsBackWhatIsNoWholeCharacter() {
        Tokenizer t = bytes("0", "256");
        Tokenizer.Stream stream = t.stream();
        StringBuilder all = new StringBuilder();
        for (int id : t.encode(TEXT)) {
            String now = stream.push(id);
            assertThat(now).doesNotContain("\uFFFD");
            all.append(now);
        }
        assertThat(all.append(stream.finish())).hasToString(TEXT);
        Tokenizer.Stream cut = t.stream();
        assertThat(cut.push(0xf0)).isEmpty();
        assertThat(cut.finish()).isEqualTo("\uFFFD");
    }

    @Test
    void idsThatAreNoBytesHaveNoText() {
        assertThat(bytes("2", "258").decode(new int[] {0, 99, 1}, 0, 3)).isEqualTo("a");
        assertThatThrownBy(() -> bytes("2", "257")).hasMessageContaining("258");
    }
}
