package io.sampler4j.runtime.cli;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.run.Request;
import java.nio.file.Path;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** From samples back to their noise. */
final class InvertCommand implements HostCommand {
    @Override
    public String name() {
        return "invert";
    }

    @Override
    public String usage() {
        return "--model M [options] INPUT -o OUT.npy";
    }

    @Override
    public String about() {
        return "goes from samples (.npy [count, ...], or a .png) back to the noise that makes them";
    }

    @Override
    public Options options() {
        return RunOptions.options()
                .addOption(CommonOptions.out("OUT.npy", "the noise, as --init-noise of generate takes it"));
    }

    @Override
    public int run(Sampler4j sampler4j, CommandLine line, Terminal terminal) {
        Path input = CommonOptions.path(CommonOptions.argument(line, name(), "file of samples"));
        String text = line.getOptionValue("o");
        Form form = Form.of(text);
        if (form != Form.NPY) throw new RefusedException("invert makes noise: give it an output that ends in .npy");
        Request request = RunOptions.request(line).seed(0).invert(input);
        Runs.run(sampler4j, request, CommonOptions.path(text), form, line.hasOption("json"), terminal);
        return ExitCode.OK;
    }
}
