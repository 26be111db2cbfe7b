package io.sampler4j.runtime.plugin;

/** Why a plugin is refused, with what mends it. */
final class Fault extends Exception {
    private static final long serialVersionUID = 1;

    private final String remedy;

    Fault(String problem, String remedy) {
        super(problem);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
