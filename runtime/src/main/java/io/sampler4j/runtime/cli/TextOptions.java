package io.sampler4j.runtime.cli;

import static io.sampler4j.runtime.cli.CommonOptions.flag;
import static io.sampler4j.runtime.cli.CommonOptions.path;
import static io.sampler4j.runtime.cli.CommonOptions.value;
import static io.sampler4j.runtime.cli.CommonOptions.whole;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.text.Tokenizer.Message;
import io.sampler4j.runtime.run.TextRequest;
import java.util.List;
import java.util.Set;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** What {@code generate} takes for a model of text. */
final class TextOptions {
    private static final Set<String> TEXT = Set.of(
            "prompt",
            "prompts",
            "chat",
            "messages",
            "infill",
            "length",
            "control",
            "stream",
            "tokens",
            "save-canvas",
            "resume");
    private static final List<String> SOURCES = List.of("prompt", "prompts", "messages", "infill", "resume");
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
        o.addOption(
                flag("chat", "text: each prompt is what a user says, written as the model's chat template wants it"));
        o.addOption(value("messages", "F.json", "text: a conversation, [{\"role\": ..., \"content\": ...}, ...]"));
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
        for (String s : SOURCES) if (line.hasOption(s)) sources++;
        if (sources > 1) {
            throw new RefusedException(
                    "--prompt, --prompts, --messages, --infill and --resume exclude one another: say one");
        }
        if (line.hasOption("chat") && !line.hasOption("prompt") && !line.hasOption("prompts")) {
            throw new RefusedException("--chat is about what --prompt or --prompts says: say one of them");
        }
    }

    static TextRequest request(CommandLine line) {
        TextRequest r = RunOptions.shared(TextRequest.of(line.getOptionValue("model")), line);
        if (line.hasOption("prompt")) r = prompted(r, line, List.of(line.getOptionValue("prompt")));
        if (line.hasOption("prompts")) r = prompted(r, line, PromptFiles.prompts(path(line, "prompts")));
        if (line.hasOption("messages")) r = r.chat(PromptFiles.messages(path(line, "messages")));
        if (line.hasOption("infill")) r = r.infill(line.getOptionValue("infill"));
        if (line.hasOption("length")) r = r.length(whole(line, "length"));
        if (line.hasOption("control")) r = r.control(true);
        if (line.hasOption("sampler")) r = r.sampler(line.getOptionValue("sampler"));
        if (line.hasOption("steps")) r = r.steps(whole(line, "steps"));
        if (line.hasOption("save-canvas")) r = r.saveCanvas(path(line, "save-canvas"));
        if (line.hasOption("resume")) r = r.resume(path(line, "resume"));
        return r;
    }

    private static TextRequest prompted(TextRequest r, CommandLine line, List<String> prompts) {
        if (!line.hasOption("chat")) return r.prompts(prompts);
        return r.chats(prompts.stream().map(p -> List.of(Message.of("user", p))).toList());
    }
}
