package io.sampler4j.runtime.cli;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.limit.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** Answers requests in lines of JSON, from one host that stays open: networks and plugins are loaded once. */
final class ServeCommand implements Command {
    @Override
    public String name() {
        return "serve";
    }

    @Override
    public String usage() {
        return "[--profiles FILE] [--watch] [--runs N] [--queue N] [--deadline SECONDS]";
    }

    @Override
    public String about() {
        return "answers requests in lines of JSON on standard input, while plugins and profiles may be swapped";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(CommonOptions.value("profiles", "FILE", "the file; default: profiles.json of the home"))
                .addOption(
                        CommonOptions.flag("watch", "takes up what changes in the plugins directory and the profiles"))
                .addOption(CommonOptions.value("runs", "N", "runs at once; default: as many as are asked for"))
                .addOption(CommonOptions.value("queue", "N", "runs that may wait for their turn; default: all"))
                .addOption(CommonOptions.value("deadline", "SECONDS", "how long a run may take, its wait included"));
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        CommonOptions.noArguments(line, name());
        Limits limits = limits(line);
        BufferedReader lines = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
        try (Sampler4j sampler4j = CommonOptions.open(line, limits);
                Service service = new Service(sampler4j, terminal);
                ServiceWatch watch = new ServiceWatch(sampler4j, service)) {
            if (line.hasOption("watch")) watch.start();
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                if (!text.isBlank()) service.take(text);
            }
            return ExitCode.OK;
        } catch (IOException e) {
            throw new RefusedException("cannot read the requests: " + e.getMessage(), e);
        }
    }

    private static Limits limits(CommandLine line) {
        Limits limits = Limits.NONE;
        try {
            if (line.hasOption("runs")) limits = limits.runs(CommonOptions.whole(line, "runs"));
            if (line.hasOption("queue")) limits = limits.queue(CommonOptions.whole(line, "queue"));
            if (line.hasOption("deadline")) {
                long millis = Math.round(CommonOptions.decimal(line, "deadline") * 1000);
                limits = limits.deadline(Duration.ofMillis(millis));
            }
            return limits;
        } catch (IllegalArgumentException e) {
            throw new RefusedException(e.getMessage(), e);
        }
    }
}
