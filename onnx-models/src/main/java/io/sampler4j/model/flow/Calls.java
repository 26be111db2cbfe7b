package io.sampler4j.model.flow;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.error.NetworkException;
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
    private final Runnable called;
    private Slot slot;

    /** @param called hears of each call */
    Calls(
            Network network,
            Map<String, long[]> inputs,
            Map<String, long[]> outputs,
            Cancellation cancellation,
            Runnable called) {
        this.network = network;
        this.inputs = inputs;
        this.outputs = outputs;
        this.cancellation = cancellation;
        this.called = called;
    }

    /** The buffers. */
    Slot slot() {
        if (slot == null) slot = network.slot(inputs, outputs);
        return slot;
    }

    void run() {
        slot().run(cancellation);
        called.run();
    }

    /**
     * Reads one of the outputs, a row for each sample.
     *
     * @throws NetworkException if a number of it is not finite
     */
    void read(String output, Tensor out) {
        slot.read(output, 0, 0, out);
        double[] squares = new double[out.samples()];
        out.dot(out, squares);
        for (double each : squares) requireFinite(output, each);
    }

    /**
     * Adds one of the outputs, a number for each sample.
     *
     * @throws NetworkException if one is not finite
     */
    void add(String output, double[] perSample) {
        float[] values = new float[perSample.length];
        slot.read(output, 0, 0, values);
        for (int i = 0; i < values.length; i++) {
            requireFinite(output, values[i]);
            perSample[i] += values[i];
        }
    }

    private static void requireFinite(String output, double value) {
        if (Double.isFinite(value)) return;
        throw new NetworkException("the network's answer " + output + " is not finite. Is the checkpoint whole, and is "
                + "what it was given in the range of its data? `verify` checks the first");
    }

    @Override
    public void close() {
        if (slot != null) slot.close();
        slot = null;
    }
}
