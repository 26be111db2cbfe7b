package io.sampler4j.model.flow;

import io.sampler4j.api.Tensor;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.Slot;
import java.util.Map;

/** The calls of one run to one of a model's networks, whose buffers are made at the first. Confined to the run. */
final class Calls implements AutoCloseable {
    private final Network network;
    private final Map<String, long[]> inputs;
    private final Map<String, long[]> outputs;
    private final Cancellation cancellation;
    private Slot slot;
    private boolean finite = true;
    private long count;

    Calls(Network network, Map<String, long[]> inputs, Map<String, long[]> outputs, Cancellation cancellation) {
        this.network = network;
        this.inputs = inputs;
        this.outputs = outputs;
        this.cancellation = cancellation;
    }

    /** The buffers. */
    Slot slot() {
        if (slot == null) slot = network.slot(inputs, outputs);
        return slot;
    }

    void run() {
        slot().run(cancellation);
        count++;
    }

    /** Reads one of the outputs, a row for each sample. */
    void read(String output, Tensor out) {
        slot.read(output, 0, 0, out);
        double[] squares = new double[out.samples()];
        out.dot(out, squares);
        for (double each : squares) finite &= Double.isFinite(each);
    }

    /** Adds one of the outputs, a number for each sample. */
    void add(String output, double[] perSample) {
        float[] values = new float[perSample.length];
        slot.read(output, 0, 0, values);
        for (int i = 0; i < values.length; i++) {
            perSample[i] += values[i];
            finite &= Float.isFinite(values[i]);
        }
    }

    /** Whether every number read so far was finite. */
    boolean finite() {
        return finite;
    }

    /** Calls so far. */
    long count() {
        return count;
    }

    @Override
    public void close() {
        if (slot != null) slot.close();
        slot = null;
    }
}
