package io.sampler4j.runtime.cli;

import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.run.Request;
import java.nio.file.Path;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** From latents or codes to samples. */
final class DecodeCommand implements HostCommand {
    @Override
    public String name() {
        return "decode";
    }

    @Override
    public String usage() {
        return "--model M [options] LATENTS.npy -o OUT";
    }

    @Override
    public String about() {
        return "goes from latents or codes (.npy, [n, ...], as encode makes them) to samples";
    }

    @Override
    public Options options() {
        return RunOptions.work(new Options())
                .addOption(CommonOptions.required("model", "M", "the model, by name or directory"))
                .addOption(CommonOptions.out("OUT", ".png (a grid for several), .npy (raw float32), or a directory/"));
    }

    @Override
    public int run(Sampler4j sampler4j, CommandLine line, Terminal terminal) {
        Path latents = CommonOptions.path(CommonOptions.argument(line, name(), "file of latents"));
        String text = line.getOptionValue("o");
        Form form = Form.of(text);
        Request request = RunOptions.request(line).decode(latents).frames(RunOptions.frames(line, form));
        Runs.run(sampler4j, request, CommonOptions.path(text), form, line.hasOption("json"), terminal);
        return ExitCode.OK;
    }
}
