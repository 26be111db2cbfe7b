package io.sampler4j.runtime.cli;

import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.runtime.run.TextPlan;
import io.sampler4j.runtime.run.TokenEvent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Shows the canvases filling where a person watches: masked positions as blocks, tokens of the last step in reverse. */
interface CanvasView extends TokenEvent.Listener, AutoCloseable {
    @Override
    void close();

    static CanvasView of(Terminal terminal, boolean quiet, TextPlan plan) {
        if (quiet || !terminal.interactive()) {
            return new CanvasView() {
                @Override
                public void happened(TokenEvent event) {}

                @Override
                public void close() {}
            };
        }
        return new Filling(
                terminal,
                plan.tokenizer(),
                IntStream.range(0, plan.count()).mapToObj(plan::start).toList());
    }

    /** Draws below the cursor, and over its last drawing after each step; leaves nothing behind. */
    final class Filling implements CanvasView {
        /** More texts, or lines of one, would scroll the drawing out of reach. */
        private static final int TEXTS = 3;

        private static final int LINES = 20;

        private final Terminal terminal;
        private final Tokenizer tokenizer;
        private final int[][] ids;
        private final int[][] steps;
        private final int[] step;
        private int drawn;

        /** @param starts the ids of each text, those to be found as -1 */
        Filling(Terminal terminal, Tokenizer tokenizer, List<int[]> starts) {
            this.terminal = terminal;
            this.tokenizer = tokenizer;
            int n = Math.min(TEXTS, starts.size());
            ids = new int[n][];
            steps = new int[n][];
            step = new int[n];
            Arrays.fill(step, -1);
            for (int k = 0; k < n; k++) {
                ids[k] = starts.get(k).clone();
                steps[k] = new int[ids[k].length];
                Arrays.fill(steps[k], -1);
            }
            draw();
        }

        @Override
        public void happened(TokenEvent e) {
            int k = e.request();
            if (e.last() || k >= ids.length) return;
            if (e.step() != step[k]) {
                if (step[k] >= 0) draw();
                step[k] = e.step();
            }
            ids[k][e.position()] = e.token();
            steps[k][e.position()] = e.step();
        }

        private void draw() {
            StringBuilder text = new StringBuilder(erase());
            drawn = 0;
            // A terminal that is narrower cuts a line: wrapped, it would be two, and one would stay.
            text.append("\u001b[?7l");
            for (int k = 0; k < ids.length; k++) {
                List<String> lines = new CanvasLines(tokenizer).of(ids[k], steps[k], step[k]);
                int from = Math.max(0, Math.min(firstMasked(lines), lines.size() - LINES / ids.length));
                int to = Math.min(lines.size(), from + LINES / ids.length);
                for (String line : lines.subList(from, to)) text.append(line).append('\n');
                drawn += to - from;
            }
            terminal.err().print(text.append("\u001b[?7h"));
            terminal.err().flush();
        }

        private static int firstMasked(List<String> lines) {
            int i = 0;
            while (i < lines.size() && lines.get(i).indexOf(CanvasLines.MASKED) < 0) i++;
            return i;
        }

        private String erase() {
            return drawn == 0 ? "" : "\u001b[" + drawn + "A\r\u001b[J";
        }

        @Override
        public void close() {
            terminal.err().print(erase());
            terminal.err().flush();
            drawn = 0;
        }
    }
}
