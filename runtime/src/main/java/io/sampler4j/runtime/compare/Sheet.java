package io.sampler4j.runtime.compare;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.output.Pictures;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A comparison as one picture: a row for each model and sampler, a column for each number of steps. */
public final class Sheet {
    private static final int TILE = 56;
    private static final int GAP = 2;
    private static final int PAD = 10;
    private static final Color INK = new Color(0x202020), FAINT = new Color(0x707070), NONE = new Color(0xf0f0f0);

    private final Font font;
    private final Font small;
    private final FontMetrics metrics;
    private final FontMetrics smallMetrics;

    /**
     * A sheet with the Java runtime's own sans serif.
     *
     * @throws RefusedException if the system has no font at all, as a bare container
     */
    public Sheet() {
        try {
            font = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
            small = font.deriveFont(11f);
            Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
            metrics = g.getFontMetrics(font);
            smallMetrics = g.getFontMetrics(small);
            g.dispose();
            metrics.stringWidth("steps");
        } catch (Error | RuntimeException e) {
            throw new RefusedException(
                    "the picture needs a font for its labels, and this system has none: install fontconfig and any font "
                            + "(Debian: fontconfig fonts-dejavu-core), or leave the .png away",
                    e);
        }
    }

    /** Draws it. */
    public BufferedImage draw(Comparison c) {
        Map<String, List<Cell>> rows = new LinkedHashMap<>();
        List<Integer> steps = new ArrayList<>();
        int shown = 1, label = 0;
        for (Cell cell : c.cells()) {
            rows.computeIfAbsent(cell.model() + "\n" + cell.sampler(), k -> new ArrayList<>())
                    .add(cell);
            if (!steps.contains(cell.steps())) steps.add(cell.steps());
            shown = Math.max(
                    shown,
                    cell.made().map(m -> m.shown().length / m.spec().size()).orElse(1));
            label = Math.max(label, metrics.stringWidth(cell.model()));
            label = Math.max(label, smallMetrics.stringWidth(cell.sampler()));
        }
        int wide = Math.max(shown * (TILE + GAP) - GAP, smallMetrics.stringWidth("1000 NFE, Frechet 0.000"));
        int left = label + 2 * PAD, top = metrics.getHeight() + PAD;
        int high = TILE + smallMetrics.getHeight() + PAD;
        BufferedImage sheet = new BufferedImage(
                left + steps.size() * (wide + PAD), top + rows.size() * high + PAD, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
        for (int i = 0; i < steps.size(); i++) {
            String head = steps.get(i) == 0 ? "its own steps" : steps.get(i) + (steps.get(i) == 1 ? " step" : " steps");
            text(g, font, INK, head, left + i * (wide + PAD), metrics.getAscent() + PAD / 2);
        }
        int y = top;
        for (List<Cell> row : rows.values()) {
            text(g, font, INK, row.get(0).model(), PAD, y + TILE / 2);
            text(g, small, FAINT, row.get(0).sampler(), PAD, y + TILE / 2 + smallMetrics.getHeight());
            for (Cell cell : row) cell(g, cell, left + steps.indexOf(cell.steps()) * (wide + PAD), y, wide);
            y += high;
        }
        g.dispose();
        return sheet;
    }

    private static void text(Graphics2D g, Font font, Color color, String text, int x, int y) {
        g.setFont(font);
        g.setColor(color);
        g.drawString(text, x, y);
    }

    private void cell(Graphics2D g, Cell cell, int x, int y, int wide) {
        if (cell.made().isEmpty()) {
            g.setColor(NONE);
            g.fillRect(x, y, wide, TILE);
            int line = y + smallMetrics.getAscent() + GAP;
            for (String part : wrapped(cell.problem(), wide - 2 * GAP, TILE / smallMetrics.getHeight())) {
                text(g, small, FAINT, part, x + GAP, line);
                line += smallMetrics.getHeight();
            }
            return;
        }
        Cell.Made m = cell.made().get();
        Pictures.Range range =
                new Pictures.Range(m.spec().shape(), m.spec().low(), m.spec().high());
        if (range.isPicture()) {
            for (int i = 0; i < m.shown().length / m.spec().size(); i++) {
                g.drawImage(Pictures.one(m.shown(), i, range), x + i * (TILE + GAP), y, TILE, TILE, null);
            }
        } else {
            text(g, small, FAINT, "no picture", x, y + TILE / 2);
        }
        String nfe = m.nfe() == Math.rint(m.nfe()) ? "" + (long) m.nfe() : String.format(Locale.ROOT, "%.1f", m.nfe());
        String under = nfe + " NFE"
                + m.quality()
                        .map(q -> String.format(Locale.ROOT, ", Frechet %.3f", q.frechet()))
                        .orElse("");
        text(g, small, FAINT, under, x, y + TILE + smallMetrics.getAscent());
    }

    private List<String> wrapped(String text, int wide, int lines) {
        List<String> out = new ArrayList<>();
        String line = "";
        for (String word : text.split("\\s+")) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (smallMetrics.stringWidth(longer) <= wide) {
                line = longer;
                continue;
            }
            out.add(line);
            line = word;
            if (out.size() == lines) {
                out.set(lines - 1, out.get(lines - 1) + " ...");
                return out;
            }
        }
        out.add(line);
        return out;
    }
}
