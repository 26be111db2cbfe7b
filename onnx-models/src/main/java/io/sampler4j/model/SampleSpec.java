package io.sampler4j.model;

import java.util.List;

/**
 * One sample of the network's data.
 *
 * @param shape without the batch, such as [channels, height, width]
 * @param low the value that is black
 * @param high the value that is white
 */
public record SampleSpec(List<Integer> shape, double low, double high) {
    /** Copies the list. */
    public SampleSpec {
        shape = List.copyOf(shape);
    }

    /** The product of the shape. */
    public int size() {
        return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }
}
