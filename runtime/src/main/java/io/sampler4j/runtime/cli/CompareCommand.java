package io.sampler4j.runtime.cli;

import static io.sampler4j.runtime.cli.CommonOptions.value;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.compare.Comparison;
import io.sampler4j.runtime.compare.ComparisonRequest;
import io.sampler4j.runtime.compare.Entry;
import io.sampler4j.runtime.compare.Sheet;
import io.sampler4j.runtime.compare.Tables;
import io.sampler4j.runtime.output.AtomicFile;
import io.sampler4j.runtime.output.Png;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** Models and samplers side by side. */
final class CompareCommand implements Command {
    private static final int SHOWN = 4;
    /** Enough to tell samplers apart. */
    private static final int COUNT = 500;

    /** The forms that a table is written in, by the ending of the output's name. */
    private static final Map<String, Function<Comparison, String>> TEXTS =
            Map.of(".csv", Tables::csv, ".md", Tables::markdown, ".json", Tables::json);

    @Override
    public String name() {
        return "compare";
    }

    @Override
    public String usage() {
        return "--model M [--model M...] [--sampler S...] [--steps N,N...] [options] -o OUT [-o OUT...]";
    }

    @Override
    public String about() {
        return "runs models under samplers from the same noise: pictures, cost and quality side by side";
    }

    @Override
    public Options options() {
        Options o = new Options();
        o.addOption(CommonOptions.required("model", "M", "a model, by name or directory; may be repeated"));
        o.addOption(value(
                "sampler",
                "S[:k=v,..]",
                "a sampler, which may be repeated, with what is its own: scheduler, guidance, cfg-scale or any option, "
                        + "such as dpmpp-2m:scheduler=karras,cfg-scale=1; default: the model's"));
        o.addOption(value("steps", "N,N..", "numbers of steps; may be repeated; default: the model's"));
        o.addOption(value("scheduler", "S", "the scheduler of all; default: the model's"));
        o.addOption(value("count", "N", "how many samples of each are made and measured; default " + COUNT));
        o.addOption(value("show", "N", "how many samples of each a picture shows; default " + SHOWN));
        o.addOption(value("guidance", "G", "the guidance of all, or none; default: the model's"));
        o.addOption(value("cfg-scale", "W", "the guidance's scale; 1 is off"));
        o.addOption(value(
                "measure",
                "M",
                "the classifier that measures, or none; default: the only one here that takes the model's samples"));
        RunOptions.seeds(RunOptions.shared(o));
        return o.addOption(
                CommonOptions.out("OUT", ".png (a sheet of pictures), .md, .csv or .json (a table); may be repeated"));
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        CommonOptions.noArguments(line, name());
        List<String> outputs = List.of(line.getOptionValues("o"));
        outputs.forEach(CompareCommand::requireForm);
        // Before hours of work, not after them.
        Optional<Sheet> sheet =
                outputs.stream().anyMatch(CompareCommand::isPng) ? Optional.of(new Sheet()) : Optional.empty();
        ComparisonRequest request = request(line);
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            Comparison found = Runs.interruptible(cancellation -> {
                Comparison c;
                try (ProgressView view = ProgressView.of(terminal, line.hasOption("json"), name())) {
                    c = sampler4j.compare(request, view, cancellation);
                }
                cancellation.check();
                outputs.forEach(out -> write(out, c, sheet));
                // What makes it again lies beside the first output, unless an output is just that.
                if (outputs.stream().noneMatch(o -> ending(o, ".json"))) write(outputs.get(0) + ".json", c, sheet);
                return c;
            });
            terminal.out().print(line.hasOption("json") ? Tables.json(found) : Tables.markdown(found));
        }
        return ExitCode.OK;
    }

    private static ComparisonRequest request(CommandLine line) {
        String[] samplers = line.getOptionValues("sampler"), steps = line.getOptionValues("steps");
        List<Integer> numbers = new ArrayList<>();
        if (steps == null) numbers.add(0);
        else for (String s : String.join(",", steps).split(",", -1)) numbers.add(number(s));
        return new ComparisonRequest(
                List.of(line.getOptionValues("model")),
                samplers == null
                        ? List.of(Entry.DEFAULT)
                        : Arrays.stream(samplers).map(Entry::parse).toList(),
                numbers,
                line.hasOption("count")
                        ? RunOptions.common(line)
                        : RunOptions.common(line).count(COUNT),
                line.hasOption("show") ? CommonOptions.whole(line, "show") : SHOWN,
                line.getOptionValue("measure", ComparisonRequest.AUTO),
                Optional.of(command(line)));
    }

    private static int number(String text) {
        try {
            int n = Integer.parseInt(text.strip());
            if (n >= 1) return n;
        } catch (NumberFormatException e) {
            throw new RefusedException("--steps takes whole numbers such as 4,8,16, got \"" + text + "\"", e);
        }
        throw new RefusedException("--steps must be 1 or more, got " + text);
    }

    /** What makes it again, anywhere: outputs by their names, without the folders of this machine. */
    private static List<String> command(CommandLine line) {
        List<String> words = new ArrayList<>(List.of("compare"));
        for (Option o : line.getOptions()) {
            words.add(o.getLongOpt() == null ? "-" + o.getOpt() : "--" + o.getLongOpt());
            if (o.hasArg()) words.add(o.getOpt() != null && o.getOpt().equals("o") ? name(o.getValue()) : o.getValue());
        }
        return words;
    }

    private static String name(String out) {
        return CommonOptions.path(out).getFileName().toString();
    }

    private static boolean ending(String out, String ending) {
        return out.toLowerCase(Locale.ROOT).endsWith(ending);
    }

    private static boolean isPng(String out) {
        return ending(out, ".png");
    }

    private static void requireForm(String out) {
        if (isPng(out) || TEXTS.keySet().stream().anyMatch(e -> ending(out, e))) return;
        throw new RefusedException("the output \"" + out + "\" does not say what it is: let its name end in .png for a "
                + "sheet of pictures, or in .md, .csv or .json for a table");
    }

    private static void write(String out, Comparison c, Optional<Sheet> sheet) {
        Path path = CommonOptions.path(out);
        if (isPng(out)) {
            BufferedImage picture = sheet.orElseThrow().draw(c);
            AtomicFile.write(path, s -> Png.write(s, picture, Map.of()));
            return;
        }
        String ending =
                TEXTS.keySet().stream().filter(e -> ending(out, e)).findFirst().orElseThrow();
        byte[] text = TEXTS.get(ending).apply(c).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(path, s -> s.write(text));
    }
}
