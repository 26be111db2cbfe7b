package io.sampler4j.model;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a run uses where its user says nothing.
 *
 * @param sampler its name
 * @param scheduler its name
 * @param steps how many
 * @param guidance its name
 * @param cfgScale the scale of the guidance; 1 is off
 * @param options name -> value as a user would type it, such as {@code scheduler.offset -> 1}
 */
public record DefaultsSpec(
        Optional<String> sampler,
        Optional<String> scheduler,
        OptionalInt steps,
        Optional<String> guidance,
        OptionalDouble cfgScale,
        Map<String, String> options) {
    /** Nothing said. */
    public static final DefaultsSpec NONE = new DefaultsSpec(
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            OptionalDouble.empty(),
            Map.of());

    /** Copies the map, in order. */
    public DefaultsSpec {
        options = Ordered.copy(options);
    }
}
