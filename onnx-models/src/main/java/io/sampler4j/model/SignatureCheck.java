package io.sampler4j.model;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.onnx.Signature;
import java.util.List;

/**
 * A manifest beside the signature of one of its networks, row by row.
 *
 * @param role the network's role in the manifest
 * @param rows one for each tensor that the manifest names, and each that it does not name though the network has it
 */
public record SignatureCheck(String role, List<Row> rows) {
    /** Copies the list. */
    public SignatureCheck {
        rows = List.copyOf(rows);
    }

    /**
     * One tensor.
     *
     * @param port {@code input} or {@code output}
     * @param meaning as the manifest calls it, empty where it does not name the tensor
     * @param tensor its name in the graph
     * @param expected type and shape that the manifest implies
     * @param found type and shape in the graph
     * @param remedy how to mend it, empty where they agree
     */
    public record Row(String port, String meaning, String tensor, String expected, String found, String remedy) {
        /** Whether expectation and graph agree. */
        public boolean ok() {
            return remedy.isEmpty();
        }
    }

    /** Compares. @throws io.sampler4j.api.error.RefusedException if the manifest has no such role */
    public static SignatureCheck of(Manifest manifest, String role, Signature signature) {
        throw new UnsupportedOperationException("to come");
    }

    /** Whether every row agrees. */
    public boolean ok() {
        return rows.stream().allMatch(Row::ok);
    }

    /** The rows as a text table with aligned columns. */
    public String table() {
        throw new UnsupportedOperationException("to come");
    }

    /** @throws NetworkException with the table, unless every row agrees */
    public void orThrow() {
        if (!ok()) throw new NetworkException(table());
    }
}
