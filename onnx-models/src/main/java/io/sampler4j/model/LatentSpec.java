package io.sampler4j.model;

import java.util.List;

/**
 * What a generator or flow is started from.
 *
 * @param distribution the name of a latent distribution, such as {@code gaussian} or {@code logistic}
 * @param shape of one latent, without the batch; of a multi-level flow, all levels flattened into one
 */
public record LatentSpec(String distribution, List<Integer> shape) {
    /** Copies the list. */
    public LatentSpec {
        shape = List.copyOf(shape);
    }

    /** The product of the shape. */
    public int size() {
        return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }
}
