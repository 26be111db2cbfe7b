package io.sampler4j.runtime.cli;

import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.run.Request;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** From noise to samples. */
final class GenerateCommand implements HostCommand {
    @Override
    public String name() {
        return "generate";
    }

    @Override
    public String usage() {
        return "--model M [options] [-o OUT]";
    }

    @Override
    public String about() {
        return "makes samples: pictures, arrays or text";
    }

    @Override
    public Options options() {
        return TextOptions.add(RunOptions.random(RunOptions.options()))
                .addOption(Option.builder("o")
                        .longOpt("output")
                        .hasArg()
                        .argName("OUT")
                        .desc(
                                ".png (a grid for several), .gif (the path), .npy (raw float32), a directory/, or .txt for "
                                        + "text, which else goes to standard output")
                        .get());
    }

    @Override
    public int run(Sampler4j sampler4j, CommandLine line, Terminal terminal) {
        CommonOptions.noArguments(line, name());
        String model = line.getOptionValue("model");
        if (sampler4j.models().open(model).manifest().makesText()) {
            TextOptions.onlyText(line, model);
            TextRuns.run(sampler4j, TextOptions.request(line), line, terminal);
            return ExitCode.OK;
        }
        TextOptions.noText(line, model);
        String text = line.getOptionValue("o");
        Form form = Form.of(text);
        Request request = RunOptions.request(line).frames(RunOptions.frames(line, form));
        Runs.run(sampler4j, request, CommonOptions.path(text), form, line.hasOption("json"), terminal);
        return ExitCode.OK;
    }
}
