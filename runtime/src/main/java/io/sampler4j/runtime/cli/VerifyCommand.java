package io.sampler4j.runtime.cli;

import io.sampler4j.model.ModelDirectory;
import io.sampler4j.runtime.Sampler4j;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** Checks the hashes of a model. */
final class VerifyCommand implements Command {
    @Override
    public String name() {
        return "verify";
    }

    @Override
    public String usage() {
        return "M";
    }

    @Override
    public String about() {
        return "checks every file of a model against its hash in the manifest";
    }

    @Override
    public Options options() {
        return new Options();
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        String model = CommonOptions.argument(line, name(), "model");
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            ModelDirectory directory = sampler4j.models().open(model);
            directory.verify();
            int files = directory.manifest().files().size();
            terminal.out()
                    .println(directory.name() + ": " + files + (files == 1 ? " file is" : " files are")
                            + " as the manifest says");
        }
        return ExitCode.OK;
    }
}
