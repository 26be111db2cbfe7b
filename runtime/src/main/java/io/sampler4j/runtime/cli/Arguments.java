package io.sampler4j.runtime.cli;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Names;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.AlreadySelectedException;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.MissingOptionException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;

/** Reads what follows a verb. */
final class Arguments {
    private Arguments() {}

    /**
     * The options and words of a verb, those that every verb has included.
     *
     * @throws RefusedException if they are not the verb's, saying which it has
     */
    static CommandLine parse(Command command, List<String> words) {
        Options options = CommonOptions.and(command.options());
        String see = "; `sampler4j help " + command.name() + "` lists its options";
        try {
            return DefaultParser.builder()
                    .setAllowPartialMatching(false)
                    .get()
                    .parse(options, words.toArray(String[]::new));
        } catch (UnrecognizedOptionException e) {
            List<String> names = options.getOptions().stream()
                    .map(o -> o.getLongOpt() == null ? "-" + o.getOpt() : "--" + o.getLongOpt())
                    .toList();
            throw new RefusedException(Names.unknown("option of " + command.name(), e.getOption(), names), e);
        } catch (MissingOptionException e) {
            List<String> missing = new ArrayList<>();
            for (Object name : e.getMissingOptions()) missing.add(shown(options.getOption(String.valueOf(name))));
            throw new RefusedException(command.name() + " needs " + String.join(" and ", missing) + see, e);
        } catch (MissingArgumentException e) {
            throw new RefusedException(shown(e.getOption()) + " needs a value" + see, e);
        } catch (AlreadySelectedException e) {
            throw new RefusedException(e.getMessage() + see, e);
        } catch (ParseException e) {
            throw new RefusedException(e.getMessage() + see, e);
        }
    }

    private static String shown(Option option) {
        String name = option.getLongOpt() == null ? "-" + option.getOpt() : "--" + option.getLongOpt();
        return option.hasArg() ? name + " " + option.getArgName() : name;
    }
}
