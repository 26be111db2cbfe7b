package io.sampler4j.model;

import java.util.List;

/**
 * The table of a discrete VP process: beta of each training step.
 *
 * @param schedule {@code linear}, {@code scaled-linear} (linear in the square root), {@code squared-cosine},
 *     {@code sigmoid}, {@code laplace} or {@code explicit}
 * @param start the first beta, where the schedule has one, else 0
 * @param end the last beta, where the schedule has one, else 0
 * @param steps how many training steps
 * @param values the table itself, where the schedule is {@code explicit}; otherwise empty
 * @param precision {@code float32} (computed as diffusers does, on whose tables the network was trained) or
 *     {@code float64}
 */
public record BetasSpec(String schedule, double start, double end, int steps, List<Double> values, String precision) {
    /** Copies the list. */
    public BetasSpec {
        values = List.copyOf(values);
    }
}
