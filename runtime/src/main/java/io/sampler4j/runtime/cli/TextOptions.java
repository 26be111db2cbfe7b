package io.sampler4j.runtime.cli;

import static io.sampler4j.runtime.cli.CommonOptions.flag;
import static io.sampler4j.runtime.cli.CommonOptions.path;
import static io.sampler4j.runtime.cli.CommonOptions.value;
import static io.sampler4j.runtime.cli.CommonOptions.whole;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.run.TextRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** What {@code generate} takes for a model of text. */
final class TextOptions {
    private static final Set<String> TEXT =
            Set.of("prompt", "prompts", "infill", "length", "control", "stream", "tokens", "save-canvas", "resume");
    private static final Set<String> BOTH = Set.of(
            "model",
            "profile",
            "profiles",
            "sampler",
            "scheduler",
            "steps",
            "batch",
            "cfg-scale",
            "set",
            "device",
            "threads",
            "seed",
            "output",
            "models-dir",
            "plugins-dir",
            "json");

    private TextOptions() {}

    static Options add(Options o) {
        o.addOption(Option.builder("p")
                .longOpt("prompt")
                .hasArg()
                .argName("TEXT")
                .desc("text: what it begins with")
                .get());
        o.addOption(value("prompts", "F.jsonl", "text: several, {\"prompt\": ...} in each line"));
        o.addOption(value("infill", "TEXT", "text: one with holes, [MASK:3] for three tokens to be found"));
        o.addOption(value("length", "N", "text: tokens made after a prompt; default 64, or what the context leaves"));
        o.addOption(flag("control", "text: control tokens in it are control tokens, not plain text"));
        o.addOption(flag("stream", "text: prints events as JSON lines while it is made"));
        o.addOption(flag("tokens", "text: prints ids, not text"));
        o.addOption(value("save-canvas", "F", "text: writes the canvas at the end, or where Ctrl-C ends it"));
        o.addOption(value("resume", "F", "text: goes on from a saved canvas"));
        return o;
    }

    /** Refuses options of the other kinds of model, rather than ignore them. */
    static void onlyText(CommandLine line, String model) {
        refuse(line, model, "makes text", TEXT);
    }

    /** Refuses those of text. */
    static void noText(CommandLine line, String model) {
        for (Option o : line.getOptions()) {
            if (TEXT.contains(o.getLongOpt())) {
                throw new RefusedException(
                        "--" + o.getLongOpt() + " is for text, and " + model + " makes none: leave it away");
            }
        }
        if (!line.hasOption("output")) {
            throw new RefusedException("generate needs -o OUT for " + model + ": only text goes to standard output");
        }
    }

    private static void refuse(CommandLine line, String model, String why, Set<String> own) {
        for (Option o : line.getOptions()) {
            if (!own.contains(o.getLongOpt()) && !BOTH.contains(o.getLongOpt())) {
                throw new RefusedException(
                        "--" + o.getLongOpt() + " has no meaning for " + model + ", which " + why + ": leave it away");
            }
        }
        int sources = 0;
        for (String s : List.of("prompt", "prompts", "infill", "resume")) if (line.hasOption(s)) sources++;
        if (sources > 1)
            throw new RefusedException("--prompt, --prompts, --infill and --resume exclude one another: say one");
    }

    static TextRequest request(CommandLine line) {
        TextRequest r = RunOptions.shared(TextRequest.of(line.getOptionValue("model")), line);
        if (line.hasOption("prompt")) r = r.prompt(line.getOptionValue("prompt"));
        if (line.hasOption("prompts")) r = r.prompts(prompts(path(line, "prompts")));
        if (line.hasOption("infill")) r = r.infill(line.getOptionValue("infill"));
        if (line.hasOption("length")) r = r.length(whole(line, "length"));
        if (line.hasOption("control")) r = r.control(true);
        if (line.hasOption("sampler")) r = r.sampler(line.getOptionValue("sampler"));
        if (line.hasOption("steps")) r = r.steps(whole(line, "steps"));
        if (line.hasOption("save-canvas")) r = r.saveCanvas(path(line, "save-canvas"));
        if (line.hasOption("resume")) r = r.resume(path(line, "resume"));
        return r;
    }

    private static List<String> prompts(Path file) {
        List<String> prompts = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        try {
            int number = 0;
            for (String text : Files.readAllLines(file)) {
                number++;
                if (text.isBlank()) continue;
                JsonNode node = json.readTree(text);
                if (!node.path("prompt").isTextual()) {
                    throw new RefusedException(
                            file + ", line " + number + ": expected {\"prompt\": \"...\"}, found " + text);
                }
                prompts.add(node.path("prompt").asText());
            }
        } catch (JsonProcessingException e) {
            throw new RefusedException(file + " is not JSON lines of {\"prompt\": ...}: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new RefusedException("cannot read the prompts in " + file + ": " + e.getMessage(), e);
        }
        return prompts;
    }
}
