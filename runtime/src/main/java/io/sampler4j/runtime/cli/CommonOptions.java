package io.sampler4j.runtime.cli;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.limit.Limits;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** The options that every verb has, and the reading of values. */
final class CommonOptions {
    private CommonOptions() {}

    static Options and(Options own) {
        Options all = new Options();
        own.getOptions().forEach(all::addOption);
        all.addOption(value("models-dir", "DIR", "where model directories are"));
        all.addOption(value("plugins-dir", "DIR", "where plugin jars are"));
        all.addOption(flag("json", "prints JSON, for machines"));
        return all;
    }

    static Option value(String name, String argument, String about) {
        return Option.builder()
                .longOpt(name)
                .hasArg()
                .argName(argument)
                .desc(about)
                .get();
    }

    static Option required(String name, String argument, String about) {
        return Option.builder()
                .longOpt(name)
                .hasArg()
                .argName(argument)
                .required()
                .desc(about)
                .get();
    }

    static Option out(String argument, String about) {
        return Option.builder("o")
                .longOpt("output")
                .hasArg()
                .argName(argument)
                .required()
                .desc(about)
                .get();
    }

    static Option flag(String name, String about) {
        return Option.builder().longOpt(name).desc(about).get();
    }

    static Sampler4j open(CommandLine line) {
        Sampler4j.Builder builder = builder(line);
        if (line.hasOption("profile")) profiles(line, Optional.empty()).ifPresent(builder::profiles);
        return builder.open();
    }

    /**
     * With its profiles.
     *
     * @param file of profiles, in place of {@code --profiles}
     */
    static Sampler4j open(CommandLine line, Optional<String> file) {
        Sampler4j.Builder builder = builder(line);
        profiles(line, file).ifPresent(builder::profiles);
        return builder.open();
    }

    /** A host that serves for long, with its profiles. */
    static Sampler4j open(CommandLine line, Limits limits) {
        Sampler4j.Builder builder = builder(line).limits(limits).management(true);
        profiles(line, Optional.empty()).ifPresent(builder::profiles);
        return builder.open();
    }

    /** The file that is named, or the one in the home, if it is there. */
    private static Optional<Path> profiles(CommandLine line, Optional<String> file) {
        if (file.isPresent() && line.hasOption("profiles")) {
            throw new RefusedException("the file of profiles is named twice: leave --profiles away");
        }
        if (file.isPresent()) return file.map(CommonOptions::path);
        if (line.hasOption("profiles")) return Optional.of(path(line, "profiles"));
        return Optional.of(Path.of(System.getProperty("sampler4j.home", "."), "profiles.json"))
                .filter(Files::exists);
    }

    /** One command has no use for a management bean, which takes its time. */
    static Sampler4j.Builder builder(CommandLine line) {
        Sampler4j.Builder builder = Sampler4j.builder().management(false);
        if (line.hasOption("models-dir")) builder.modelsDirectory(path(line, "models-dir"));
        if (line.hasOption("plugins-dir")) builder.pluginsDirectory(path(line, "plugins-dir"));
        return builder;
    }

    static Path path(CommandLine line, String option) {
        return path(line.getOptionValue(option));
    }

    static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new RefusedException("\"" + text + "\" is no path on this system: " + e.getReason(), e);
        }
    }

    static int whole(CommandLine line, String option) {
        String text = line.getOptionValue(option);
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new RefusedException("--" + option + " must be a whole number, got \"" + text + "\"", e);
        }
    }

    static long seed(CommandLine line, String option) {
        String text = line.getOptionValue(option).strip();
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new RefusedException(
                    "--" + option + " must be a whole number of at most 64 bits, got \"" + text + "\"", e);
        }
    }

    static double decimal(CommandLine line, String option) {
        String text = line.getOptionValue(option);
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw new RefusedException("--" + option + " must be a number, got \"" + text + "\"", e);
        }
    }

    /** The one word that a verb takes. */
    static String argument(CommandLine line, String verb, String what) {
        if (line.getArgList().size() != 1) {
            throw new RefusedException(verb + " takes one " + what + ", got "
                    + (line.getArgList().isEmpty() ? "none" : String.join(" ", line.getArgList())));
        }
        return line.getArgList().get(0);
    }

    /** Refuses options of another form of the verb, rather than ignore them. */
    static void noneOf(CommandLine line, String form, String... options) {
        for (String option : options) {
            if (line.hasOption(option)) {
                throw new RefusedException("--" + option + " has no meaning for " + form + ": leave it away");
            }
        }
    }

    static void noArguments(CommandLine line, String verb) {
        if (!line.getArgList().isEmpty()) {
            throw new RefusedException(verb + " takes options only, and does not know what \""
                    + line.getArgList().get(0) + "\" means: options begin with --");
        }
    }
}
