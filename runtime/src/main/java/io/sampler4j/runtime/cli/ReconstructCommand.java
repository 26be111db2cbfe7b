package io.sampler4j.runtime.cli;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** From pictures to codes and back. */
final class ReconstructCommand implements HostCommand {
    @Override
    public String name() {
        return "reconstruct";
    }

    @Override
    public String usage() {
        return "--model M [options] INPUT... -o OUT";
    }

    @Override
    public String about() {
        return "goes from pictures (.png, or one .npy, [n, ...]) to their codes and back, and says how near it comes";
    }

    @Override
    public Options options() {
        return RunOptions.work(new Options())
                .addOption(CommonOptions.required("model", "M", "the model, by name or directory"))
                .addOption(CommonOptions.out("OUT", ".png (a grid for several), .npy (raw float32), or a directory/"));
    }

    @Override
    public int run(Sampler4j sampler4j, CommandLine line, Terminal terminal) {
        if (line.getArgList().isEmpty()) throw new RefusedException("reconstruct takes one or more pictures, got none");
        List<Path> files = line.getArgList().stream().map(CommonOptions::path).toList();
        String text = line.getOptionValue("o");
        Form form = Form.of(text);
        Request request = RunOptions.request(line).reconstruct(files).frames(RunOptions.frames(line, form));
        boolean json = line.hasOption("json");
        Result result = Runs.run(sampler4j, request, CommonOptions.path(text), form, json, terminal);
        if (!json) {
            String each = Arrays.stream(result.psnr())
                    .mapToObj(d -> String.format(Locale.ROOT, "%.2f", d))
                    .collect(Collectors.joining(", "));
            terminal.out().println("PSNR " + each + " dB");
        }
        return ExitCode.OK;
    }
}
