package io.sampler4j.onnx;

import io.sampler4j.api.error.NetworkException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a network takes and gives, in the file's order.
 *
 * @param inputs without those that have an initializer
 * @param outputs all of them
 */
public record Signature(List<Port> inputs, List<Port> outputs) {
    /** Copies the lists. */
    public Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * Reads the signature of an ONNX file by loading it, on one thread of the processor.
     *
     * @throws NetworkException if the file is missing, no ONNX file, or not one that this runtime loads
     */
    public static Signature of(Path file) {
        return Sessions.signature(file);
    }

    /** The input of this name. */
    public Optional<Port> input(String name) {
        return inputs.stream().filter(p -> p.name().equals(name)).findFirst();
    }

    /** The output of this name. */
    public Optional<Port> output(String name) {
        return outputs.stream().filter(p -> p.name().equals(name)).findFirst();
    }
}
