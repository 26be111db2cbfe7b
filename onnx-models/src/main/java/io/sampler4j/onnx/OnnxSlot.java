package io.sampler4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.NetworkException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;

/** Pinned buffers over a shared session. Running and closing exclude one another, since the native side would crash. */
final class OnnxSlot implements Slot {
    private final Sessions counters;
    private final OrtSession session;
    private final Runnable release;
    private final Map<String, PortBuffer> inputs = new LinkedHashMap<>();
    private final Map<String, PortBuffer> outputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> given = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
    private boolean checked;
    private boolean closed;

    OnnxSlot(
            Sessions.Shared shared,
            Map<String, long[]> inputShapes,
            Map<String, long[]> outputShapes,
            Runnable release) {
        counters = shared.counters();
        session = shared.session();
        this.release = release;
        Signature signature = shared.signature();
        Shapes.check(signature, inputShapes, outputShapes);
        try {
            make("input", signature.inputs(), inputShapes, inputs, given);
            make("output", signature.outputs(), outputShapes, outputs, pinned);
        } catch (RuntimeException | Error e) {
            closeTensors();
            throw e;
        }
        counters.slots.incrementAndGet();
    }

    private void make(
            String side,
            List<Port> ports,
            Map<String, long[]> shapes,
            Map<String, PortBuffer> buffers,
            Map<String, OnnxTensor> tensors) {
        for (Port port : ports) {
            long[] shape = shapes.get(port.name());
            if (shape == null) continue;
            PortBuffer buffer = new PortBuffer(side, port, shape);
            buffers.put(port.name(), buffer);
            tensors.put(port.name(), buffer.tensor());
            counters.tensors.incrementAndGet();
        }
    }

    @Override
    public void state(String input, int row, Tensor x) {
        input(input).state(row, x);
    }

    @Override
    public void fill(String input, int fromRow, int toRow, double value) {
        input(input).fill(fromRow, toRow, value);
    }

    @Override
    public void ids(String input, int row, int[] ids) {
        input(input).ids(row, ids);
    }

    @Override
    public synchronized void run(Cancellation cancellation) {
        open();
        cancellation.check();
        everyInputWritten();
        try (RunOptions options = new RunOptions()) {
            call(options, cancellation);
        } catch (OrtException e) {
            throw new NetworkException("ONNX Runtime failed to prepare a call: " + e.getMessage(), e);
        }
    }

    private void call(RunOptions options, Cancellation cancellation) {
        Terminator terminator = new Terminator(options);
        try (Cancellation.Registration registration = cancellation.onCancel(terminator::terminate);
                OrtSession.Result result = session.run(given, Set.of(), pinned, options)) {
            // The outputs are pinned: the result owns nothing.
        } catch (OrtException e) {
            if (terminator.asked()) throw cancelled(cancellation, e);
            throw new NetworkException(
                    "The network failed: " + e.getMessage() + "\nIt was called with " + shapes(inputs)
                            + ", for " + shapes(outputs)
                            + ". Check that these are the shapes it was exported for (sampler4j inspect).",
                    e);
        } finally {
            terminator.finish();
        }
    }

    private static CancelledException cancelled(Cancellation cancellation, OrtException ended) {
        try {
            cancellation.check();
        } catch (CancelledException e) {
            e.addSuppressed(ended);
            return e;
        }
        throw new AssertionError("a call was ended without a cancellation", ended);
    }

    private void everyInputWritten() {
        if (checked) return;
        for (Map.Entry<String, PortBuffer> input : inputs.entrySet()) {
            if (!input.getValue().written()) {
                throw new NetworkException(
                        "The input '" + input.getKey() + "' was never written. Give it a meaning in the"
                                + " manifest's networks, so that the host knows what to put there.");
            }
        }
        checked = true;
    }

    private static String shapes(Map<String, PortBuffer> buffers) {
        StringJoiner text = new StringJoiner(", ");
        buffers.values().forEach(b -> text.add(b.toString()));
        return text.toString();
    }

    @Override
    public void read(String output, int row, int skip, Tensor out) {
        output(output).read(row, skip, out);
    }

    @Override
    public void read(String output, int row, int skip, float[] into) {
        output(output).read(row, skip, into);
    }

    @Override
    public void ids(String output, int row, long[] into) {
        output(output).ids(row, into);
    }

    @Override
    public Values values(String output) {
        return output(output).values();
    }

    @Override
    public synchronized void shape(String port, long... shape) {
        open();
        if (inputs.containsKey(port)) change(inputs, given, port, b -> b.shape(shape));
        else change(outputs, pinned, port, b -> b.shape(shape));
    }

    @Override
    public synchronized void feed(String output, String input) {
        PortBuffer from = output(output);
        change(inputs, given, input, b -> b.exchange(from));
        pinned.put(output, from.tensor());
    }

    @Override
    public synchronized void append(String output, String input, int axis) {
        PortBuffer from = output(output);
        change(inputs, given, input, b -> b.append(from, axis));
    }

    @Override
    public synchronized void keep(String input, int axis, int count) {
        open();
        change(inputs, given, input, b -> b.keep(axis, count));
    }

    /** A change after which the tensor may be another one. */
    private static void change(
            Map<String, PortBuffer> buffers,
            Map<String, OnnxTensor> tensors,
            String name,
            Consumer<PortBuffer> change) {
        PortBuffer buffer = named("tensor", buffers, name);
        change.accept(buffer);
        tensors.put(name, buffer.tensor());
    }

    private PortBuffer input(String name) {
        open();
        return named("input", inputs, name);
    }

    private PortBuffer output(String name) {
        open();
        return named("output", outputs, name);
    }

    private static PortBuffer named(String side, Map<String, PortBuffer> buffers, String name) {
        PortBuffer buffer = buffers.get(name);
        if (buffer == null) {
            throw new NetworkException("The slot has no " + side + " '" + name + "'; it has "
                    + Arrays.toString(buffers.keySet().toArray()) + ".");
        }
        return buffer;
    }

    private void open() {
        if (closed) throw new IllegalStateException("This slot is closed; make another.");
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            closed = true;
            closeTensors();
            counters.slots.decrementAndGet();
        }
        release.run();
    }

    private void closeTensors() {
        given.values().forEach(this::closeTensor);
        pinned.values().forEach(this::closeTensor);
    }

    private void closeTensor(OnnxTensor tensor) {
        tensor.close();
        counters.tensors.decrementAndGet();
    }

    /** Passes a cancellation on to a call, and never to options already freed: withdrawing an action does not wait for it. */
    private static final class Terminator {
        private final RunOptions options;
        private boolean asked;
        private boolean finished;

        Terminator(RunOptions options) {
            this.options = options;
        }

        synchronized void terminate() {
            if (finished) return;
            asked = true;
            try {
                options.setTerminate(true);
            } catch (OrtException e) {
                throw new NetworkException("ONNX Runtime refused to end a call: " + e.getMessage(), e);
            }
        }

        synchronized boolean asked() {
            return asked;
        }

        synchronized void finish() {
            finished = true;
        }
    }
}
