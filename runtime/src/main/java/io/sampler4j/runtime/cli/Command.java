package io.sampler4j.runtime.cli;

import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Options;

/** One verb of the command line. */
interface Command {
    /** The verb. */
    String name();

    /** What follows the verb, such as {@code --model M -o OUT}. */
    String usage();

    /** One line. */
    String about();

    /** Its options, beside those that every verb has. */
    Options options();

    /** Does it, and gives the exit code. Throws {@code SampleException} with a message for the user. */
    int run(CommandLine line, Terminal terminal);
}
