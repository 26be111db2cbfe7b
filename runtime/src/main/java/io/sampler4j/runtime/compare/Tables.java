package io.sampler4j.runtime.compare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.sampler4j.runtime.measure.Quality;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A comparison as a table for people (Markdown), for spreadsheets (CSV, RFC 4180), and for programs (JSON). */
public final class Tables {
    private static final List<String> HEAD = List.of(
            "model",
            "sampler",
            "steps",
            "nfe",
            "seconds",
            "frechet",
            "kernel",
            "kernel error",
            "as asked",
            "samples",
            "real",
            "problem");

    private Tables() {}

    /** Comma-separated values, with a first row of names. */
    public static String csv(Comparison c) {
        StringBuilder out = new StringBuilder(HEAD.stream().collect(Collectors.joining(","))).append("\r\n");
        for (List<String> row : rows(c)) {
            out.append(row.stream().map(Tables::quoted).collect(Collectors.joining(",")))
                    .append("\r\n");
        }
        return out.toString();
    }

    private static String quoted(String field) {
        return field.matches("[^\",\r\n]*") ? field : '"' + field.replace("\"", "\"\"") + '"';
    }

    private static List<List<String>> rows(Comparison c) {
        List<List<String>> rows = new ArrayList<>();
        for (Cell cell : c.cells()) {
            List<String> row = new ArrayList<>(List.of(cell.model(), cell.sampler(), steps(cell)));
            row.add(cell.made().map(m -> trimmed(m.nfe())).orElse(""));
            row.add(cell.made().map(m -> number("%.3f", m.seconds())).orElse(""));
            row.addAll(quality(cell.made().flatMap(Cell.Made::quality)));
            row.add(cell.problem());
            rows.add(row);
        }
        c.floors().forEach((name, floor) -> {
            List<String> row = new ArrayList<>(List.of("real against real (" + name + ")", "", "", "", ""));
            row.addAll(quality(Optional.of(floor)));
            row.add("");
            rows.add(row);
        });
        return rows;
    }

    private static List<String> quality(Optional<Quality> quality) {
        if (quality.isEmpty()) return List.of("", "", "", "", "", "");
        Quality q = quality.get();
        String accuracy = q.accuracy().isPresent() ? number("%.4f", q.accuracy().getAsDouble()) : "";
        return List.of(
                number("%.4f", q.frechet()),
                number("%.5f", q.kernel().value()),
                number("%.5f", q.kernel().standardError()),
                accuracy,
                String.valueOf(q.samples()),
                String.valueOf(q.real()));
    }

    private static String steps(Cell cell) {
        return cell.steps() == 0 ? cell.made().map(m -> "own").orElse("") : String.valueOf(cell.steps());
    }

    private static String trimmed(double nfe) {
        return nfe == Math.rint(nfe) ? String.valueOf((long) nfe) : number("%.1f", nfe);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** A Markdown table, with what its columns mean below. */
    public static String markdown(Comparison c) {
        boolean measured = !c.floors().isEmpty();
        StringBuilder out = new StringBuilder("| model | sampler | steps | NFE | seconds |")
                .append(measured ? " Frechet | kernel | as asked |\n" : "\n")
                .append("| --- | --- | ---: | ---: | ---: |")
                .append(measured ? " ---: | ---: | ---: |\n" : "\n");
        for (Cell cell : c.cells()) {
            out.append("| ").append(cell.model()).append(" | ").append(escaped(cell.sampler()));
            out.append(" | ").append(steps(cell)).append(" | ");
            if (cell.made().isEmpty()) {
                out.append(escaped(cell.problem())).append(" | |").append(measured ? " | | |\n" : "\n");
                continue;
            }
            Cell.Made m = cell.made().get();
            out.append(trimmed(m.nfe()))
                    .append(" | ")
                    .append(number("%.2f", m.seconds()))
                    .append(" |");
            out.append(measured ? cells(m.quality()) : "").append('\n');
        }
        c.floors()
                .forEach((name, q) -> out.append("| *real against real*")
                        .append(" | | | | |")
                        .append(cells(Optional.of(q)))
                        .append('\n'));
        out.append('\n').append(meaning(c));
        return out.toString();
    }

    private static String cells(Optional<Quality> quality) {
        if (quality.isEmpty()) return " | | |";
        Quality q = quality.get();
        String accuracy =
                q.accuracy().isPresent() ? number("%.1f %%", 100 * q.accuracy().getAsDouble()) : "";
        return " " + number("%.3f", q.frechet()) + " | "
                + number("%.4f", q.kernel().value()) + " +- "
                + number("%.4f", q.kernel().standardError()) + " | " + accuracy + " |";
    }

    private static String meaning(Comparison c) {
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "%d samples of each, seeds %d to %d. NFE: network evaluations for each sample. Seconds: wall time of all "
                        + "samples, without the loading of networks and without measuring.",
                c.count(),
                c.seed(),
                c.seed() + c.count() - 1));
        c.floors()
                .forEach((name, floor) -> c.cells().stream()
                        .flatMap(x -> x.made().flatMap(Cell.Made::quality).stream())
                        .findFirst()
                        .ifPresent(q -> out.append(String.format(
                                Locale.ROOT,
                                " Distances in the features of %s to %d real samples; the floor is that of %d of these to %d "
                                        + "others, and its Frechet distance, which falls with the numbers, a little large for it. The kernel distance is unbiased for independent samples; as many of each class, of "
                                        + "the real ones too, bring it below 0 by what falls as 1 in the number.",
                                name,
                                q.real(),
                                floor.samples(),
                                floor.real()))));
        return out.append('\n').toString();
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|").replaceAll("\\s*\\R\\s*", " ");
    }

    /** Everything, with the record of each run. */
    public static String json(Comparison c) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("format", 1).put("verb", "compare");
        c.command().forEach(root.putArray("command")::add);
        root.put("count", c.count()).put("seed", c.seed());
        ArrayNode measures = root.putArray("measures");
        c.floors().forEach((name, floor) -> {
            ObjectNode m = measures.addObject().put("name", name);
            m.put("sha256", c.measures().get(name));
            put(m.putObject("floor"), floor);
        });
        ArrayNode rows = root.putArray("rows");
        for (Cell cell : c.cells()) {
            ObjectNode row = rows.addObject().put("model", cell.model()).put("sampler", cell.sampler());
            if (cell.steps() > 0) row.put("steps", cell.steps());
            if (!cell.problem().isEmpty()) row.put("problem", cell.problem());
            cell.made().ifPresent(m -> {
                row.put("nfe", m.nfe()).put("seconds", m.seconds());
                m.quality().ifPresent(q -> put(row.putObject("quality"), q));
                row.putRawValue("record", new RawValue(m.record().json()));
            });
        }
        return root.toPrettyString() + "\n";
    }

    private static void put(ObjectNode node, Quality q) {
        node.put("samples", q.samples()).put("real", q.real()).put("frechet", q.frechet());
        node.put("kernel", q.kernel().value()).put("kernelError", q.kernel().standardError());
        q.accuracy().ifPresent(a -> node.put("asAsked", a));
    }
}
