package io.sampler4j.onnx;

import io.sampler4j.api.error.NetworkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Whether the shapes asked of a slot are ones the network can take. */
final class Shapes {
    private Shapes() {}

    static void check(Signature signature, Map<String, long[]> inputShapes, Map<String, long[]> outputShapes) {
        List<String> faults = new ArrayList<>();
        if (outputShapes.isEmpty()) faults.add("No output is asked for. Give a shape for at least one.");
        compare("input", signature.inputs(), inputShapes, faults);
        compare("output", signature.outputs(), outputShapes, faults);
        for (Port input : signature.inputs()) {
            if (!inputShapes.containsKey(input.name())) {
                faults.add("The network has the input " + input + ", and no shape is given for it.");
            }
        }
        if (!faults.isEmpty()) throw new NetworkException(String.join("\n", faults));
    }

    private static void compare(String side, List<Port> ports, Map<String, long[]> shapes, List<String> faults) {
        shapes.forEach((name, shape) -> {
            Port port = ports.stream()
                    .filter(p -> p.name().equals(name))
                    .findFirst()
                    .orElse(null);
            if (port == null) {
                faults.add("The network has no " + side + " '" + name + "'; it has " + ports + ".");
            } else if (!fits(port, shape, 1)) {
                faults.add("The " + side + " " + port + " cannot have the shape " + Arrays.toString(shape)
                        + ": the rank and the numbers must agree, and each dimension be at least 1.");
            }
        });
    }

    /** Whether rank and numbers agree, and no dimension is below {@code least}. */
    static boolean fits(Port port, long[] shape, int least) {
        if (shape.length != port.dims().size()) return false;
        for (int i = 0; i < shape.length; i++) {
            String dim = port.dims().get(i);
            boolean number = !dim.isEmpty() && dim.chars().allMatch(c -> c >= '0' && c <= '9');
            if (shape[i] < least || number && shape[i] != Long.parseLong(dim)) return false;
        }
        return true;
    }
}
