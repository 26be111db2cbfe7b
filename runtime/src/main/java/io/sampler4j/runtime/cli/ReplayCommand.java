package io.sampler4j.runtime.cli;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Form;
import io.sampler4j.runtime.run.Record;
import io.sampler4j.runtime.run.RecordFile;
import io.sampler4j.runtime.run.Replay;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import io.sampler4j.runtime.run.TextRecord;
import io.sampler4j.runtime.run.TextRequest;
import io.sampler4j.runtime.run.TextResult;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** The same samples again, from a record. */
final class ReplayCommand implements Command {
    @Override
    public String name() {
        return "replay";
    }

    @Override
    public String usage() {
        return "FILE [-o OUT]";
    }

    @Override
    public String about() {
        return "makes the same samples again, from the record in a .png or beside any other output";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(Option.builder("o")
                        .longOpt("output")
                        .hasArg()
                        .argName("OUT")
                        .desc("as for generate")
                        .get())
                .addOption(CommonOptions.value("input", "DIR", "where the files that the run read are, found by hash"))
                .addOption(CommonOptions.value("device", "D", "cpu or cuda[:n]; default: as recorded"))
                .addOption(CommonOptions.value("threads", "N", "processor cores to use; default: all"))
                .addOption(CommonOptions.value("gif", "WHAT", "what a gif shows: x (default) or x0"));
    }

    @Override
    public int run(CommandLine line, Terminal terminal) {
        Path file = CommonOptions.path(CommonOptions.argument(line, name(), "file that has a record"));
        Optional<TextRecord> made = RecordFile.text(file);
        if (made.isPresent()) return text(made.get(), line, terminal);
        if (!line.hasOption("output")) {
            throw new RefusedException("replay needs -o OUT: only text goes to standard output");
        }
        String text = line.getOptionValue("o");
        Form form = Form.of(text);
        Record record = RecordFile.read(file);
        Optional<Path> inputs =
                line.hasOption("input") ? Optional.of(CommonOptions.path(line, "input")) : Optional.empty();
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            Replay replay = sampler4j.replay(record, inputs);
            Request request = replay.request().frames(RunOptions.frames(line, form));
            if (line.hasOption("device")) request = request.device(line.getOptionValue("device"));
            if (line.hasOption("threads")) request = request.threads(CommonOptions.whole(line, "threads"));
            Result result = Runs.run(
                    sampler4j,
                    request,
                    CommonOptions.path(text),
                    form,
                    line.hasOption("json"),
                    terminal,
                    replay::settle);
            if (replay.same(result)) {
                terminal.err().println("the same samples, bit for bit");
                return ExitCode.OK;
            }
            terminal.err()
                    .println("sampler4j: the samples differ from the recorded ones: "
                            + RecordFile.difference(file, result)
                            + ". The record was made on " + platform(record) + ", this is "
                            + platform(result.record()));
            return ExitCode.FAILED;
        }
    }

    private static int text(TextRecord record, CommandLine line, Terminal terminal) {
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            TextRequest request = record.request(sampler4j.models());
            if (line.hasOption("device")) request = request.device(line.getOptionValue("device"));
            if (line.hasOption("threads")) request = request.threads(CommonOptions.whole(line, "threads"));
            TextResult result = TextRuns.run(sampler4j, request, line, terminal);
            boolean same = record.same(result.record());
            terminal.err().println(same ? "the same tokens" : "sampler4j: the tokens differ from the recorded ones");
            return same ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    private static String platform(Record record) {
        return RecordJson.tree(record).path("platform").toString();
    }
}
