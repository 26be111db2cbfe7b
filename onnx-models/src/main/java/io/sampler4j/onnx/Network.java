package io.sampler4j.onnx;

import io.sampler4j.api.error.NetworkException;
import java.util.Map;

/**
 * A lease of a network: named tensors in, named tensors out. Thread-safe; each concurrent run makes its own
 * {@link Slot}. The session behind it lives at least as long as the lease and its slots do.
 */
public interface Network extends AutoCloseable {
    /** What it takes and gives. */
    Signature signature();

    /**
     * Buffers for calls of these shapes, made once and used for every call of a run.
     *
     * @param inputShapes a shape for every input of the network, dim 0 being the rows of a batch; an empty array for a
     *     scalar
     * @param outputShapes a shape for every output that is wanted, at least one; others are not computed
     * @throws NetworkException if a name, a rank or a fixed dimension is not the network's, naming both
     */
    Slot slot(Map<String, long[]> inputShapes, Map<String, long[]> outputShapes);

    /** Gives the lease back. A second call does nothing. Slots still open keep working until they are closed. */
    @Override
    void close();
}
