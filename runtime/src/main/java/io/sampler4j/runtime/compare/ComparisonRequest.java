package io.sampler4j.runtime.compare;

import io.sampler4j.runtime.run.Request;
import java.util.List;
import java.util.Optional;

/**
 * What is to be compared: every model under every sampler in every number of steps.
 *
 * @param models by name or directory
 * @param samplers at least one
 * @param steps at least one; 0 for each model's own number
 * @param each what all of them share: count, seed, classes, options; without a seed one is drawn, the same for all
 * @param shown samples of each that a picture shows
 * @param measure the classifier that measures: {@code auto} for the only one that takes the model's samples, if there is
 *     one, {@code none}, or a name
 * @param command the arguments by which a command line asked for it, if one did; kept with what is found
 */
public record ComparisonRequest(
        List<String> models,
        List<Entry> samplers,
        List<Integer> steps,
        Request each,
        int shown,
        String measure,
        Optional<List<String>> command) {
    /** Measures with the only classifier that fits. */
    public static final String AUTO = "auto";
    /** Measures nothing. */
    public static final String NONE = "none";

    /** Copies the lists. */
    public ComparisonRequest {
        models = List.copyOf(models);
        samplers = List.copyOf(samplers);
        steps = List.copyOf(steps);
    }
}
