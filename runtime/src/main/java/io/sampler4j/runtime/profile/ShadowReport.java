package io.sampler4j.runtime.profile;

import java.util.List;

/**
 * How far apart two profiles are, from the same seeds.
 *
 * @param runs each seed that was made twice
 */
public record ShadowReport(List<Run> runs) {
    /**
     * One request made twice.
     *
     * @param model of both
     * @param seed of both
     * @param distance of samples: the root mean square difference, as a share of the range of the data; of texts: the share
     *     of positions with another token
     * @param evaluationsBefore network evaluations by what is current
     * @param evaluationsAfter network evaluations by what may come
     */
    public record Run(String model, long seed, double distance, long evaluationsBefore, long evaluationsAfter) {}

    /** Copies the list. */
    public ShadowReport {
        runs = List.copyOf(runs);
    }

    /** The mean distance; 0 of none. */
    public double mean() {
        return runs.stream().mapToDouble(Run::distance).average().orElse(0);
    }

    /** The largest distance; 0 of none. */
    public double largest() {
        return runs.stream().mapToDouble(Run::distance).max().orElse(0);
    }
}
