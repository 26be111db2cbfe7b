package io.sampler4j.runtime.cli;

import io.sampler4j.api.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** A canvas as lines of a terminal. Neighbours are decoded together: a character may take several tokens. For one canvas. */
final class CanvasLines {
    static final char MASKED = '\u2591';
    private static final int WIDTH = 78;
    private static final String REVERSE = "\u001b[7m";
    private static final String PLAIN = "\u001b[0m";

    private final Tokenizer tokenizer;
    private final List<String> lines = new ArrayList<>();
    private final StringBuilder line = new StringBuilder();
    private int column;

    CanvasLines(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Lines without their ends, none wider than a terminal's usual 80 columns.
     *
     * @param ids -1 for masked
     * @param steps when each settled
     * @param now the step whose tokens are marked
     */
    List<String> of(int[] ids, int[] steps, int now) {
        Tokenizer.Stream run = null;
        for (int p = 0; p < ids.length; p++) {
            if (ids[p] < 0) {
                if (run != null) add(run.finish(), false);
                run = null;
                add(String.valueOf(MASKED), false);
            } else {
                if (run == null) run = tokenizer.stream();
                add(run.push(ids[p]), now >= 0 && steps[p] == now);
            }
        }
        if (run != null) add(run.finish(), false);
        end();
        return lines;
    }

    /** A piece goes to the next line whole where it does not fit, and is cut only where it fits into none. */
    private void add(String piece, boolean fresh) {
        String[] parts = piece.split("\n", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i > 0) end();
            int width = parts[i].codePoints().map(CanvasLines::columns).sum();
            if (column > 0 && column + width > WIDTH) end();
            if (parts[i].isEmpty()) continue;
            if (fresh) line.append(REVERSE);
            parts[i].codePoints().forEach(c -> {
                if (column + columns(c) > WIDTH) end();
                line.appendCodePoint(Character.isISOControl(c) ? ' ' : c);
                column += columns(c);
            });
            if (fresh) line.append(PLAIN);
        }
    }

    private void end() {
        lines.add(line.toString());
        line.setLength(0);
        column = 0;
    }

    /** Scripts of the Far East and pictures take two columns. */
    private static int columns(int c) {
        if (c < 0x1100) return 1;
        return switch (Character.UnicodeScript.of(c)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL, BOPOMOFO -> 2;
            default -> c >= 0x1F300 && c < 0x1FB00 || c >= 0xFF01 && c <= 0xFF60 || c >= 0x3000 && c <= 0x303E ? 2 : 1;
        };
    }
}
