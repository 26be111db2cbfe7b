package io.sampler4j.runtime.cli;

import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.run.Request;
import java.nio.file.Path;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** From noise to samples. */
final class GenerateCommand implements Command {
    @Override
    public String name() {
        return "generate";
    }

    @Override
    public String usage() {
        return "--model M [options] -o OUT";
    }

    @Override
    public String about() {
        return "makes samples";
    }

    @Override
    public Options options() {
        return RunOptions.random(RunOptions.options())
                .addOption(CommonOptions.out(
                        "OUT", ".png (a grid for several), .gif (the path), .npy (raw float32), or a directory/"));
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        CommonOptions.noArguments(line, name());
        String text = line.getOptionValue("o");
        Form form = Form.of(text);
        Path out = CommonOptions.path(text);
        Request request = RunOptions.request(line).frames(RunOptions.frames(line, form));
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            Runs.run(sampler4j, request, out, form, line.hasOption("json"), terminal);
        }
        return ExitCode.OK;
    }
}
