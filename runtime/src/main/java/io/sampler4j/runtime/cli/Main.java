package io.sampler4j.runtime.cli;

/** The program's entry. */
public final class Main {
    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        int code = new CommandLineTool(Terminal.system()).run(arguments);
        System.out.flush();
        if (code != 0) System.exit(code);
    }
}
