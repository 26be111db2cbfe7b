package io.sampler4j.runtime.cli;

import io.sampler4j.runtime.Sampler4j;
import org.apache.commons.cli.CommandLine;

/** A verb that needs no more than an open host, so that {@code serve} can do it too, many times and at once. */
interface HostCommand extends Command {
    /** Does it on a host that its caller opened and closes. */
    int run(Sampler4j sampler4j, CommandLine line, Terminal terminal);

    @Override
    default int run(CommandLine line, Terminal terminal) {
        try (Sampler4j sampler4j = CommonOptions.open(line)) {
            return run(sampler4j, line, terminal);
        }
    }
}
