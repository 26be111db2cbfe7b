package io.sampler4j.runtime.cli;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.model.Names;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.help.HelpFormatter;
import org.apache.commons.cli.help.TextHelpAppendable;

/** Finds the verb, parses its options, runs it, and turns what it throws into one message and an exit code. */
final class CommandLineTool {
    private final Terminal terminal;
    private final Map<String, Command> commands = new LinkedHashMap<>();

    CommandLineTool(Terminal terminal) {
        this.terminal = terminal;
        for (Command c : List.of(
                new GenerateCommand(),
                new InvertCommand(),
                new EncodeCommand(),
                new DecodeCommand(),
                new ReconstructCommand(),
                new InterpolateCommand(),
                new InpaintCommand(),
                new PairsCommand(),
                new ScoreCommand(),
                new CompareCommand(),
                new ReplayCommand(),
                new ModelsCommand(),
                new PluginsCommand(),
                new ProfilesCommand(),
                new InspectCommand(),
                new VerifyCommand(),
                new InitModelCommand(),
                new NewPluginCommand(),
                new ServeCommand(),
                new DoctorCommand())) {
            commands.put(c.name(), c);
        }
    }

    int run(String[] arguments) {
        boolean debug = Arrays.asList(arguments).contains("--debug");
        try {
            return dispatch(arguments);
        } catch (SampleException e) {
            return failed(e, e.getMessage(), debug);
        } catch (OutOfMemoryError e) {
            return failed(
                    e, "out of memory: ask for fewer samples at once, or give the JVM more (JAVA_OPTS=-Xmx4g)", debug);
        } catch (RuntimeException | Error e) {
            return failed(e, "this should not have happened (" + e + "); --debug shows where", debug);
        }
    }

    private int failed(Throwable failure, String message, boolean debug) {
        terminal.err().println("sampler4j: " + message);
        if (debug) failure.printStackTrace(terminal.err());
        return ExitCode.of(failure);
    }

    private int dispatch(String[] arguments) {
        List<String> rest = new ArrayList<>(Arrays.asList(arguments));
        rest.remove("--debug");
        if (rest.isEmpty() || List.of("help", "--help", "-h").contains(rest.get(0))) {
            if (rest.size() > 1) return help(command(rest.get(1)));
            overview();
            return ExitCode.OK;
        }
        if (List.of("version", "--version").contains(rest.get(0))) {
            terminal.out().println("sampler4j " + version());
            return ExitCode.OK;
        }
        Command command = command(rest.remove(0));
        if (rest.contains("--help") || rest.contains("-h")) return help(command);
        return command.run(Arguments.parse(command, rest), terminal);
    }

    private Command command(String verb) {
        Command command = commands.get(verb);
        if (command == null) throw new RefusedException(Names.unknown("command", verb, commands.keySet()));
        return command;
    }

    private void overview() {
        terminal.out().println("sampler4j " + version() + ": runs exported generative networks in a JVM");
        terminal.out().println();
        terminal.out().println("usage: sampler4j COMMAND [options]");
        terminal.out().println();
        commands.values().forEach(c -> terminal.out().printf("  %-11s %s%n", c.name(), c.about()));
        terminal.out().println();
        terminal.out().println("`sampler4j help COMMAND` shows its options; --debug adds stack traces to errors.");
    }

    private int help(Command command) {
        PrintWriter writer = new PrintWriter(terminal.out(), false);
        TextHelpAppendable text = new TextHelpAppendable(writer);
        text.setMaxWidth(110);
        try {
            HelpFormatter.builder()
                    .setHelpAppendable(text)
                    .setShowSince(false)
                    // In the order in which they are declared, which is that of their weight.
                    .setComparator((a, b) -> 0)
                    .get()
                    .printHelp(
                            "sampler4j " + command.name() + " " + command.usage(),
                            command.about(),
                            CommonOptions.and(command.options()),
                            "",
                            false);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        writer.flush();
        return ExitCode.OK;
    }

    static String version() {
        String version = CommandLineTool.class.getPackage().getImplementationVersion();
        return version == null ? "(development)" : version;
    }
}
