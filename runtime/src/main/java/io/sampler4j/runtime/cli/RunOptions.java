package io.sampler4j.runtime.cli;

import static io.sampler4j.runtime.cli.CommonOptions.decimal;
import static io.sampler4j.runtime.cli.CommonOptions.path;
import static io.sampler4j.runtime.cli.CommonOptions.seed;
import static io.sampler4j.runtime.cli.CommonOptions.value;
import static io.sampler4j.runtime.cli.CommonOptions.whole;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.RunRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** The options of the verbs that run a sampler. */
final class RunOptions {
    private RunOptions() {}

    static Options options() {
        Options o = new Options();
        o.addOption(CommonOptions.required("model", "M", "the model, by name or directory"));
        o.addOption(value(
                "profile", "NAME", "a profile, which says the sampler, the scheduler, steps, guidance and options"));
        o.addOption(value("profiles", "FILE", "the file of profiles; default: profiles.json of the home"));
        o.addOption(value("sampler", "S", "the sampler; default: the model's"));
        o.addOption(value("scheduler", "S", "the scheduler; default: the model's"));
        o.addOption(value("steps", "N", "steps of the grid; default: the model's"));
        o.addOption(value("count", "N", "how many samples; default 1"));
        o.addOption(value("guidance", "G", "the guidance, or none; default: the model's"));
        o.addOption(value("cfg-scale", "W", "the guidance's scale; 1 is off"));
        shared(o);
        o.addOption(value("trace", "F.jsonl", "writes an object for every denoiser call and every step"));
        o.addOption(value("trace-states", "F.npy", "writes the states, [steps + 1, count, ...]"));
        return o;
    }

    /** What every work of a network has that can be asked for a class. */
    static Options shared(Options o) {
        o.addOption(value("class", "C", "a class by number or name, or a list: 0..9, or 3,5,7"));
        return work(o);
    }

    /** What every work of a network has. */
    static Options work(Options o) {
        o.addOption(value("batch", "N", "samples in one call of the network, or auto (the default)"));
        o.addOption(Option.builder()
                .longOpt("set")
                .hasArg()
                .argName("key=value")
                .desc("an option of a component; may be repeated")
                .get());
        o.addOption(value("device", "D", "cpu or cuda[:n]; default cpu"));
        o.addOption(value("threads", "N", "processor cores to use; default: all"));
        return o;
    }

    static Options seeds(Options o) {
        o.addOption(value("seed", "N", "the seed of sample 0; sample i has seed + i; default: one is drawn"));
        o.addOption(value("rng", "NAME", "the random source: torch (default), torch-cuda, numpy"));
        o.addOption(value("seed-mode", "M", "sample (default): each its own generator; batch: one stream over all"));
        return o;
    }

    static Options random(Options o) {
        seeds(o);
        o.addOption(value("init-noise", "F.npy", "the noise to start from, [count, ...], of unit variance"));
        o.addOption(value("step-noise", "F.npy", "the noise of the steps, [draws, count, ...]"));
        o.addOption(value(
                "init-image",
                "F",
                "a picture to start from: a .png for every sample, or an .npy, [count, ...] or [1, ...]"));
        o.addOption(value(
                "strength",
                "S",
                "how much of it is made new, from 0 (nothing) to 1 (all); default 0.8, or 1 with --mask"));
        o.addOption(value("mask", "F", "which part of it: white is made new, black stays, grey is a blend"));
        o.addOption(value("gif", "WHAT", "what a gif shows: x (default), or x0, the network's estimate"));
        return o;
    }

    /** The settings of {@code --set key=value}, in order. */
    static Map<String, String> settings(CommandLine line) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (!line.hasOption("set")) return settings;
        for (String setting : line.getOptionValues("set")) {
            int equals = setting.indexOf('=');
            if (equals < 1) throw new RefusedException("--set takes key=value, got \"" + setting + "\"");
            settings.put(setting.substring(0, equals).strip(), setting.substring(equals + 1));
        }
        return settings;
    }

    static Request request(CommandLine line) {
        Request r = common(line);
        if (line.hasOption("sampler")) r = r.sampler(line.getOptionValue("sampler"));
        if (line.hasOption("steps")) r = r.steps(whole(line, "steps"));
        return r;
    }

    /** What requests of every kind say in the same words; a comparison has several samplers and steps, so not those. */
    static <R extends RunRequest<R>> R shared(R request, CommandLine line) {
        R r = request;
        if (line.hasOption("profile")) r = r.profile(line.getOptionValue("profile"));
        else CommonOptions.noneOf(line, "a run without --profile", "profiles");
        if (line.hasOption("scheduler")) r = r.scheduler(line.getOptionValue("scheduler"));
        if (line.hasOption("batch") && !line.getOptionValue("batch").equals("auto")) r = r.batch(whole(line, "batch"));
        if (line.hasOption("cfg-scale")) r = r.cfgScale(decimal(line, "cfg-scale"));
        if (line.hasOption("device")) r = r.device(line.getOptionValue("device"));
        if (line.hasOption("threads")) r = r.threads(whole(line, "threads"));
        for (Map.Entry<String, String> s : settings(line).entrySet()) r = r.set(s.getKey(), s.getValue());
        if (line.hasOption("seed")) r = r.seed(seed(line, "seed"));
        return r;
    }

    /** All but the sampler and its steps, of which a comparison has several. */
    static Request common(CommandLine line) {
        Request r = shared(Request.of(line.getOptionValue("model")), line);
        if (line.hasOption("count")) r = r.count(whole(line, "count"));
        if (line.hasOption("class")) r = r.classes(line.getOptionValue("class"));
        if (line.hasOption("guidance")) r = r.guidance(line.getOptionValue("guidance"));
        if (line.hasOption("trace")) r = r.trace(path(line, "trace"));
        if (line.hasOption("trace-states")) r = r.traceStates(path(line, "trace-states"));
        if (line.hasOption("rng")) r = r.rng(line.getOptionValue("rng"));
        if (line.hasOption("seed-mode")) r = r.seedMode(line.getOptionValue("seed-mode"));
        if (line.hasOption("init-noise")) r = r.initNoise(path(line, "init-noise"));
        if (line.hasOption("step-noise")) r = r.stepNoise(path(line, "step-noise"));
        if (line.hasOption("init-image")) r = r.initImage(path(line, "init-image"));
        if (line.hasOption("strength")) r = r.strength(decimal(line, "strength"));
        if (line.hasOption("mask")) r = r.mask(path(line, "mask"));
        return r;
    }

    static Request.Frames frames(CommandLine line, Form form) {
        String what = line.getOptionValue("gif", "x");
        if (!what.equals("x") && !what.equals("x0")) {
            throw new RefusedException("--gif shows x or x0, got \"" + what + "\"");
        }
        if (form != Form.GIF) {
            if (line.hasOption("gif")) throw new RefusedException("--gif needs an output whose name ends in .gif");
            return Request.Frames.NONE;
        }
        return what.equals("x") ? Request.Frames.STATE : Request.Frames.X0;
    }
}
