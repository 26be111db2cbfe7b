package io.sampler4j.runtime.plugin;

import java.util.List;

/**
 * What a probe found.
 *
 * @param problem why the plugin must not go live, or empty
 * @param remedy how to mend it, or empty
 * @param notes what is no fault and worth knowing
 */
record Verdict(String problem, String remedy, List<String> notes) {
    Verdict {
        notes = List.copyOf(notes);
    }

    boolean ok() {
        return problem.isEmpty();
    }

    static Verdict bad(String problem, String remedy) {
        return new Verdict(problem, remedy, List.of());
    }
}
