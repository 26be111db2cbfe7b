package io.sampler4j.onnx;

import java.util.List;

/**
 * One input or output of a network, as its file declares it.
 *
 * @param name the tensor's name in the graph
 * @param dtype {@code float32}, {@code float16}, {@code float64}, {@code int64}, {@code int32}, {@code bool} ... or the
 *     runtime's own word for a type this project does not use
 * @param dims one entry per dimension: a number, a symbolic name such as {@code batch}, or {@code ?} where the file
 *     gives neither
 */
public record Port(String name, String dtype, List<String> dims) {
    /** Copies the list. */
    public Port {
        dims = List.copyOf(dims);
    }

    /** As {@code x float32 [batch, 1, 28, 28]}. */
    @Override
    public String toString() {
        return name + " " + dtype + " [" + String.join(", ", dims) + "]";
    }
}
