package io.sampler4j.runtime.cli;

import static io.sampler4j.runtime.cli.CommonOptions.value;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Scores;
import io.sampler4j.runtime.run.TextRequest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** How likely given samples are. */
final class ScoreCommand implements HostCommand {
    /** More are summed up; --json gives every one. */
    private static final int SHOWN = 20;

    @Override
    public String name() {
        return "score";
    }

    @Override
    public String usage() {
        return "--model M (--input F | [--prompt P] --text T) [options]";
    }

    @Override
    public String about() {
        return "says how likely samples or texts are under a model, in bits per dimension or byte";
    }

    @Override
    public Options options() {
        Options o = new Options();
        o.addOption(CommonOptions.required("model", "M", "the model, by name or directory"));
        o.addOption(value("input", "F", "samples: an .npy, [n, ...], or .png, which may be repeated"));
        o.addOption(value("text", "T", "text: what is scored"));
        o.addOption(Option.builder("p")
                .longOpt("prompt")
                .hasArg()
                .argName("P")
                .desc("text: what it comes after")
                .get());
        o.addOption(CommonOptions.flag("control", "text: control tokens in it are control tokens, not plain text"));
        o.addOption(CommonOptions.flag("greedy", "text: also says whether greedy prediction makes that very text"));
        o.addOption(value("scorer", "S", "the scorer; default: the only one for the model's kind"));
        return RunOptions.seeds(RunOptions.shared(o));
    }

    @Override
    public int run(Sampler4j sampler4j, CommandLine line, Terminal terminal) {
        CommonOptions.noArguments(line, name());
        if (line.hasOption("text")) return text(sampler4j, line, terminal);
        for (String option : List.of("prompt", "control", "greedy")) {
            if (line.hasOption(option))
                throw new RefusedException("--" + option + " needs --text, the text to be scored");
        }
        if (!line.hasOption("input"))
            throw new RefusedException("score needs --input F, or --text T for a model of text");
        List<Path> files = Arrays.stream(line.getOptionValues("input"))
                .map(CommonOptions::path)
                .toList();
        Request asked = RunOptions.request(line).score(files);
        Request request = line.hasOption("scorer") ? asked.scorer(line.getOptionValue("scorer")) : asked;
        boolean json = line.hasOption("json");
        Scores scores = Runs.interruptible(cancellation -> {
            try (ProgressView view = ProgressView.of(terminal, json, name())) {
                return sampler4j.score(request, view, cancellation);
            }
        });
        if (json) terminal.out().println(json(scores));
        else said(scores, terminal);
        return ExitCode.OK;
    }

    private static int text(Sampler4j sampler4j, CommandLine line, Terminal terminal) {
        for (String option : List.of("input", "steps", "sampler", "scheduler", "count", "batch")) {
            if (line.hasOption(option))
                throw new RefusedException("--" + option + " has no meaning with --text: leave it away");
        }
        TextRequest request = TextOptions.request(line);
        String text = line.getOptionValue("text");
        Optional<String> scorer = Optional.ofNullable(line.getOptionValue("scorer"));
        return Runs.interruptible(cancellation -> {
            Scores scores = sampler4j.score(request, text, scorer, cancellation);
            Optional<Boolean> greedy = line.hasOption("greedy")
                    ? Optional.of(sampler4j.predicts(unset(line), text, cancellation))
                    : Optional.empty();
            if (line.hasOption("json")) {
                ObjectNode node = json(scores);
                greedy.ifPresent(g -> node.put("greedy", g));
                terminal.out().println(node);
            } else {
                said(scores, terminal);
                greedy.ifPresent(g -> terminal.out().println(g ? "greedy: this text" : "greedy: another text"));
            }
            return ExitCode.OK;
        });
    }

    /** The settings are the scorer's; the greedy run has its own. */
    private static TextRequest unset(CommandLine line) {
        TextRequest r = TextRequest.of(line.getOptionValue("model")).control(line.hasOption("control"));
        if (line.hasOption("prompt")) r = r.prompt(line.getOptionValue("prompt"));
        return line.hasOption("threads") ? r.threads(CommonOptions.whole(line, "threads")) : r;
    }

    private static void said(Scores s, Terminal terminal) {
        String unit = "bits per " + s.unit();
        for (int i = 0; i < s.count() && s.count() > 1 && i < SHOWN; i++) {
            terminal.out().printf(Locale.ROOT, "%6d  %8.4f +- %.4f %s%n", i, s.bits(i), s.standardError(i), unit);
        }
        if (s.count() > SHOWN) terminal.out().printf("   ...  %d more; --json gives every one%n", s.count() - SHOWN);
        terminal.out().printf(Locale.ROOT, "%.4f +- %.4f %s", s.mean(), s.drawsError(), unit);
        if (s.count() > 1) terminal.out().printf(Locale.ROOT, " (+- %.4f over samples)", s.samplesError());
        terminal.out().printf(Locale.ROOT, ", %.1f nats", s.meanNats());
        terminal.out()
                .printf(
                        ": %d sample%s by %s, seed %d, %d network evaluations%n",
                        s.count(), s.count() == 1 ? "" : "s", s.scorer(), s.seed(), s.nfe());
    }

    private static ObjectNode json(Scores s) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("unit", s.unit()).put("bits", s.mean()).put("drawsError", s.drawsError());
        node.put("nats", s.meanNats());
        if (s.count() > 1) node.put("samplesError", s.samplesError());
        ArrayNode samples = node.putArray("samples");
        for (int i = 0; i < s.count(); i++) {
            samples.addObject()
                    .put("bits", s.bits(i))
                    .put("standardError", s.standardError(i))
                    .put("nats", s.nats(i));
        }
        node.put("seed", s.seed()).put("nfe", s.nfe());
        node.set("record", RecordJson.tree(s.record()));
        return node;
    }
}
