package io.sampler4j.runtime.cli;

import io.sampler4j.runtime.run.TextPlan;
import io.sampler4j.runtime.run.TokenEvent;

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
        return new Filling(terminal, plan);
    }

    /** Draws below the cursor, and over its last drawing after each step; leaves nothing behind. */
    final class Filling implements CanvasView {
        private static final int WIDTH = 78;
        /** More texts than this would scroll the drawing out of reach. */
        private static final int MOST = 3;

        private final Terminal terminal;
        private final TextPlan plan;
        private final int[][] ids;
        private final int[][] steps;
        private int lines;
        private int step = -1;

        Filling(Terminal terminal, TextPlan plan) {
            this.terminal = terminal;
            this.plan = plan;
            int n = Math.min(MOST, plan.count());
            ids = new int[n][];
            steps = new int[n][];
            for (int k = 0; k < n; k++) {
                ids[k] = plan.start(k);
                steps[k] = new int[ids[k].length];
                java.util.Arrays.fill(steps[k], -1);
            }
            draw();
        }

        @Override
        public void happened(TokenEvent e) {
            if (e.last() || e.request() >= ids.length) return;
            if (e.step() != step) {
                if (step >= 0) draw();
                step = e.step();
            }
            ids[e.request()][e.position()] = e.token();
            steps[e.request()][e.position()] = e.step();
        }

        private void draw() {
            StringBuilder text = new StringBuilder(erase());
            int drawn = 0;
            for (int k = 0; k < ids.length; k++) drawn += draw(k, text);
            lines = drawn;
            terminal.err().print(text);
            terminal.err().flush();
        }

        private int draw(int k, StringBuilder text) {
            int column = 0, rows = 1;
            for (int p = 0; p < ids[k].length; p++) {
                String piece = ids[k][p] < 0
                        ? "\u2591"
                        : plan.tokenizer().decode(ids[k], p, p + 1).replaceAll("\\p{Cntrl}", " ");
                if (column + piece.length() > WIDTH) {
                    text.append('\n');
                    rows++;
                    column = 0;
                }
                boolean fresh = ids[k][p] >= 0 && steps[k][p] == step;
                text.append(fresh ? "\u001b[7m" + piece + "\u001b[0m" : piece);
                column += piece.length();
            }
            text.append('\n');
            return rows;
        }

        private String erase() {
            return lines == 0 ? "" : "\u001b[" + lines + "A\r\u001b[J";
        }

        @Override
        public void close() {
            terminal.err().print(erase());
            terminal.err().flush();
        }
    }
}
