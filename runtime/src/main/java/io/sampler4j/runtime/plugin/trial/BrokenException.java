package io.sampler4j.runtime.plugin.trial;

/** A component broke a promise of the API. */
public final class BrokenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String remedy;

    /**
     * @param problem what it did
     * @param remedy what its author is to do
     */
    public BrokenException(String problem, String remedy) {
        super(problem);
        this.remedy = remedy;
    }

    /** What its author is to do. */
    public String remedy() {
        return remedy;
    }
}
