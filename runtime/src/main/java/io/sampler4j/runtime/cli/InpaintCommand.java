package io.sampler4j.runtime.cli;

import static io.sampler4j.runtime.cli.CommonOptions.path;
import static io.sampler4j.runtime.cli.CommonOptions.required;
import static io.sampler4j.runtime.cli.CommonOptions.value;

import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.run.Request;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** Part of a picture made new by a flow. */
final class InpaintCommand implements HostCommand {
    @Override
    public String name() {
        return "inpaint";
    }

    @Override
    public String usage() {
        return "--model M --input F --mask F [options] -o OUT";
    }

    @Override
    public String about() {
        return "makes part of a picture new by a flow; a diffusion model does so in generate --init-image F --mask F";
    }

    @Override
    public Options options() {
        return RunOptions.seeds(RunOptions.work(new Options()))
                .addOption(required("model", "M", "the flow, by name or directory"))
                .addOption(required("input", "F", "the picture: a .png, or an .npy, [count, ...] or [1, ...]"))
                .addOption(required("mask", "F", "which part of it: white is made new, black stays, grey is a blend"))
                .addOption(value("sampler", "S", "the flow editor; default: the only one there is"))
                .addOption(value("count", "N", "how many samples; default 1"))
                .addOption(CommonOptions.out(
                        "OUT", ".png (a grid for several), .gif (the path), .npy (raw float32), or a directory/"));
    }

    @Override
    public int run(Sampler4j sampler4j, CommandLine line, Terminal terminal) {
        CommonOptions.noArguments(line, name());
        String text = line.getOptionValue("o");
        Form form = Form.of(text);
        Request request = RunOptions.request(line)
                .inpaint(path(line, "input"), path(line, "mask"))
                .frames(RunOptions.frames(line, form));
        Runs.run(sampler4j, request, CommonOptions.path(text), form, line.hasOption("json"), terminal);
        return ExitCode.OK;
    }
}
