package io.sampler4j.runtime.compare;

import io.sampler4j.runtime.measure.Quality;
import java.util.List;
import java.util.Map;

/**
 * What a comparison found. Immutable.
 *
 * @param cells in order: models, their samplers, their steps
 * @param count samples of each cell
 * @param seed of sample 0 in every cell
 * @param floors real against real, by the name of the classifier that measured
 * @param measures the sha256 of each classifier's manifest, by its name
 * @param command the arguments of the command line that makes it again
 */
public record Comparison(
        List<Cell> cells,
        int count,
        long seed,
        Map<String, Quality> floors,
        Map<String, String> measures,
        List<String> command) {
    /** Copies the lists. */
    public Comparison {
        cells = List.copyOf(cells);
        command = List.copyOf(command);
    }
}
