package io.sampler4j.runtime.cli;

import static io.sampler4j.runtime.cli.CommonOptions.value;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.run.Request;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** From one sample to another by way of their latents. */
final class InterpolateCommand implements HostCommand {
    private static final int COUNT = 8;

    @Override
    public String name() {
        return "interpolate";
    }

    @Override
    public String usage() {
        return "--model M [options] A B -o OUT";
    }

    @Override
    public String about() {
        return "goes from one sample to another (.png, or .npy, [1, ...]) by way of their latents";
    }

    @Override
    public Options options() {
        return RunOptions.work(new Options())
                .addOption(CommonOptions.required("model", "M", "the model, by name or directory"))
                .addOption(value("count", "N", "how many samples, with both ends; default " + COUNT))
                .addOption(value("path", "P", "linear (default), or spherical"))
                .addOption(CommonOptions.out("OUT", ".png (a grid), .gif, .npy (raw float32), or a directory/"));
    }

    @Override
    public int run(Sampler4j sampler4j, CommandLine line, Terminal terminal) {
        List<String> ends = line.getArgList();
        if (ends.size() != 2) throw new RefusedException("interpolate takes two samples, got " + ends.size());
        String text = line.getOptionValue("o");
        Form form = Form.of(text);
        Request request = RunOptions.request(line)
                .interpolate(CommonOptions.path(ends.get(0)), CommonOptions.path(ends.get(1)))
                .frames(RunOptions.frames(line, form));
        if (!line.hasOption("count")) request = request.count(COUNT);
        if (line.hasOption("path")) request = request.set("run.path", line.getOptionValue("path"));
        Runs.run(sampler4j, request, CommonOptions.path(text), form, line.hasOption("json"), terminal);
        return ExitCode.OK;
    }
}
