package io.sampler4j.model;

import java.util.List;

/**
 * What a generator or flow is started from.
 *
 * @param distribution the name of a latent distribution, such as {@code normal}, {@code logistic} or {@code uniform}
 * @param shape of one latent, without the batch
 */
public record LatentSpec(String distribution, List<Integer> shape) {
    /** Copies the list. */
    public LatentSpec {
        shape = List.copyOf(shape);
    }
}
