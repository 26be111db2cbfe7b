package io.sampler4j.runtime.cli;

import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.AtomicFile;
import io.sampler4j.runtime.output.Form;
import java.nio.file.Path;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** From noise to samples, both written, to train on. */
final class PairsCommand implements HostCommand {
    @Override
    public String name() {
        return "pairs";
    }

    @Override
    public String usage() {
        return "--model M --count N [options] -o DIR";
    }

    @Override
    public String about() {
        return "makes samples and writes them beside their noise, to train on (reflow)";
    }

    @Override
    public Options options() {
        return RunOptions.seeds(RunOptions.options())
                .addOption(CommonOptions.out(
                        "DIR",
                        "a new directory: noise.npy, data.npy, classes.npy where there are classes, record.json"));
    }

    @Override
    public int run(Sampler4j sampler4j, CommandLine line, Terminal terminal) {
        CommonOptions.noArguments(line, name());
        Path out = CommonOptions.path(line.getOptionValue("o"));
        AtomicFile.requireNewFolder(out);
        Runs.run(sampler4j, RunOptions.request(line).pairs(), out, Form.PAIRS, line.hasOption("json"), terminal);
        return ExitCode.OK;
    }
}
