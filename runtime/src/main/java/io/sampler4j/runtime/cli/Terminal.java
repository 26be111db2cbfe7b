package io.sampler4j.runtime.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * Where the command line prints.
 *
 * @param in what is typed or piped
 * @param out what was asked for
 * @param err messages and progress
 * @param interactive whether a person watches
 * @param environment the environment's variables
 */
record Terminal(
        InputStream in, PrintStream out, PrintStream err, boolean interactive, Map<String, String> environment) {
    static Terminal system() {
        return new Terminal(System.in, System.out, System.err, System.console() != null, System.getenv());
    }
}
