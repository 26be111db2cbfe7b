package io.sampler4j.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.runtime.run.TokenEvent;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CanvasViewTest {
    /** An id is a byte of UTF-8; the bytes of a character that is not whole yet are held back. */
    private static final Tokenizer BYTES = new Tokenizer() {
        @Override
        public int vocabulary() {
            return 256;
        }

        @Override
        public int[] encode(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[bytes.length];
            for (int i = 0; i < ids.length; i++) ids[i] = bytes[i] & 255;
            return ids;
        }

        @Override
        public String decode(int[] ids, int from, int to) {
            byte[] bytes = new byte[to - from];
            for (int i = from; i < to; i++) bytes[i - from] = (byte) ids[i];
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public Stream stream() {
            return new Stream() {
                private int[] held = new int[0];

                @Override
                public String push(int id) {
                    held = Arrays.copyOf(held, held.length + 1);
                    held[held.length - 1] = id;
                    return decode(held, 0, held.length).indexOf('\uFFFD') < 0 ? finish() : "";
                }

                @Override
                public String finish() {
                    String text = decode(held, 0, held.length);
                    held = new int[0];
                    return text;
                }
            };
        }
    };

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(written, true, StandardCharsets.UTF_8);
    private final Terminal terminal = new Terminal(InputStream.nullInputStream(), err, err, true, Map.of());

    private String drawn() {
        String text = written.toString(StandardCharsets.UTF_8)
                .replace("\u001b[?7l", "")
                .replace("\u001b[?7h", "");
        written.reset();
        return text;
    }

    private static int[] ids(String text) {
        int[] ids = BYTES.encode(text);
        for (int i = 0; i < ids.length; i++) if (ids[i] == '_') ids[i] = -1;
        return ids;
    }

    private static TokenEvent settled(int request, int position, int token, int step) {
        return new TokenEvent(request, position, token, 1, step, false, "");
    }

    @Test
    void masksAreBlocksAndTheTokensOfTheLastStepAreReversed() {
        try (CanvasView view = new CanvasView.Filling(terminal, BYTES, List.of(ids("a___")))) {
            assertThat(drawn()).isEqualTo("a░░░\n");
            view.happened(settled(0, 2, 'c', 0));
            assertThat(drawn()).isEmpty();
            view.happened(settled(0, 1, 'b', 1));
            assertThat(drawn()).isEqualTo("\u001b[1A\r\u001b[Ja░\u001b[7mc\u001b[0m░\n");
            view.happened(settled(0, 2, -1, 2));
            assertThat(drawn()).isEqualTo("\u001b[1A\r\u001b[Ja\u001b[7mb\u001b[0mc░\n");
            view.happened(settled(0, 3, 'd', 3));
            assertThat(drawn()).as("masked again").isEqualTo("\u001b[1A\r\u001b[Jab░░\n");
        }
        assertThat(drawn()).as("nothing stays").isEqualTo("\u001b[1A\r\u001b[J");
    }

    @Test
    void severalTextsHaveStepsOfTheirOwn() {
        CanvasView view = new CanvasView.Filling(terminal, BYTES, List.of(ids("__"), ids("_"), ids("x"), ids("y")));
        assertThat(drawn()).as("three of four").isEqualTo("░░\n░\nx\n");
        view.happened(settled(0, 0, 'a', 0));
        view.happened(settled(1, 0, 'b', 7));
        assertThat(drawn()).isEmpty();
        view.happened(settled(3, 0, 'z', 9));
        view.happened(settled(0, 1, 'c', 1));
        assertThat(drawn()).endsWith("\u001b[7ma\u001b[0m░\n\u001b[7mb\u001b[0m\nx\n");
    }

    @Test
    void whatIsFinalIsNoNews() {
        CanvasView view = new CanvasView.Filling(terminal, BYTES, List.of(ids("_")));
        drawn();
        view.happened(settled(0, 0, 'a', 0));
        view.happened(new TokenEvent(0, 0, 'a', 1, 1, true, "a"));
        assertThat(drawn()).isEmpty();
    }

    private static List<String> lines(String text) {
        int[] ids = ids(text);
        return new CanvasLines(BYTES).of(ids, new int[ids.length], -1);
    }

    @Test
    void linesFitTheTerminal() {
        assertThat(lines("a".repeat(80))).containsExactly("a".repeat(78), "aa");
        assertThat(lines("_".repeat(79))).containsExactly("░".repeat(78), "░");
        assertThat(lines("one\ntwo\n")).containsExactly("one", "two", "");
        assertThat(lines("太".repeat(40))).as("two columns each").containsExactly("太".repeat(39), "太");
    }

    /** What a model writes must not drive the terminal. */
    @Test
    void controlCharactersAreSpaces() {
        assertThat(lines("a\u001b[2Jb\u009bc\rd")).containsExactly("a [2Jb c d");
    }

    @Test
    void aCharacterOfSeveralTokensIsShownOnceItIsWhole() {
        int[] ids = ids("é");
        assertThat(new CanvasLines(BYTES).of(ids, new int[] {0, 1}, 1)).containsExactly("\u001b[7mé\u001b[0m");
        ids[1] = -1;
        assertThat(new CanvasLines(BYTES).of(ids, new int[] {0, 1}, 1)).containsExactly("\uFFFD░");
    }

    @Test
    void ofALongTextTheLinesThatFillAreShown() {
        String text = "x\n".repeat(30) + "_\n" + "y\n".repeat(30);
        CanvasView view = new CanvasView.Filling(terminal, BYTES, List.of(ids(text)));
        assertThat(drawn().lines()).hasSize(20).first().isEqualTo("░");
        view.happened(settled(0, 60, 'z', 0));
        view.happened(settled(0, 60, 'z', 1));
        assertThat(drawn()).startsWith("\u001b[20A").contains("y\n");
    }
}
