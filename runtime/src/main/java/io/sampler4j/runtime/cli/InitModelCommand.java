package io.sampler4j.runtime.cli;

import io.sampler4j.model.InitModel;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.runtime.Sampler4j;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** Drafts a model directory around an exported network. */
final class InitModelCommand implements Command {
    @Override
    public String name() {
        return "init-model";
    }

    @Override
    public String usage() {
        return "FILE.onnx|DIRECTORY [--like NAME] -o DIR";
    }

    @Override
    public String about() {
        return "drafts a model directory around an exported network, and says what is left to fill in";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(
                        CommonOptions.value("like", "NAME", "takes all but files and hashes from an installed model"))
                .addOption(CommonOptions.out("DIR", "the new model directory"));
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        Path source = CommonOptions.path(CommonOptions.argument(line, name(), "network or directory"));
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            Optional<ModelDirectory> like = line.hasOption("like")
                    ? Optional.of(sampler4j.models().open(line.getOptionValue("like")))
                    : Optional.empty();
            InitModel.Draft draft = InitModel.draft(source, like, CommonOptions.path(line, "o"));
            PrintStream out = terminal.out();
            out.println("wrote " + draft.directory());
            list(out, "taken over:", draft.taken());
            list(out, "not taken over:", draft.ignored());
            list(out, "left to fill in, in its model.json:", draft.open());
            if (draft.open().isEmpty())
                out.println("nothing is left to fill in: `inspect` and `generate` take it as it is");
            return ExitCode.OK;
        }
    }

    private static void list(PrintStream out, String title, List<String> lines) {
        if (lines.isEmpty()) return;
        out.println(title);
        lines.forEach(l -> out.println("  - " + l));
    }
}
