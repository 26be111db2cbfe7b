package io.sampler4j.runtime.cli;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.run.Request;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** From samples to latents or codes. */
final class EncodeCommand implements HostCommand {
    @Override
    public String name() {
        return "encode";
    }

    @Override
    public String usage() {
        return "--model M [options] INPUT... -o OUT.npy";
    }

    @Override
    public String about() {
        return "goes from samples (.png, or one .npy, [n, ...]) to their latents, or codes";
    }

    @Override
    public Options options() {
        return RunOptions.work(new Options())
                .addOption(CommonOptions.required("model", "M", "the model, by name or directory"))
                .addOption(
                        CommonOptions.out("OUT.npy", "the latents, [n, ...], or the codes, int64 [n, rows, columns]"));
    }

    @Override
    public int run(Sampler4j sampler4j, CommandLine line, Terminal terminal) {
        if (line.getArgList().isEmpty()) throw new RefusedException("encode takes one or more samples, got none");
        List<Path> files = line.getArgList().stream().map(CommonOptions::path).toList();
        String text = line.getOptionValue("o");
        Form form = Form.of(text);
        if (form != Form.NPY) throw new RefusedException("encode makes numbers: give it an output that ends in .npy");
        Request request = RunOptions.request(line).encode(files);
        Runs.run(sampler4j, request, CommonOptions.path(text), form, line.hasOption("json"), terminal);
        return ExitCode.OK;
    }
}
