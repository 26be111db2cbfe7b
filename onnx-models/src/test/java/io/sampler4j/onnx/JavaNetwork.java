package io.sampler4j.onnx;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.error.NetworkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A network written in Java: a signature and a function over arrays on the heap. Values of every type are kept as
 * double. It checks what the real one checks, and counts its calls, slots and leases. Thread-safe if the function is.
 */
public final class JavaNetwork implements Network {
    /** The mathematics: fills the outputs from the inputs, row-major, by tensor name. */
    @FunctionalInterface
    public interface Function {
        /** @param in the inputs @param out the outputs asked for, zeros at first; other names are absent */
        void call(Map<String, Array> in, Map<String, Array> out);
    }

    /**
     * A tensor on the heap.
     *
     * @param shape empty for a scalar
     * @param values row-major
     */
    public record Array(long[] shape, double[] values) {
        /** Dim 0, or 1 for a scalar. */
        public int rows() {
            return shape.length == 0 ? 1 : (int) shape[0];
        }

        /** Elements of a row. */
        public int rowLength() {
            return values.length / rows();
        }
    }

    private final Signature signature;
    private final Function function;
    private int calls;
    private int openSlots;
    private boolean closed;

    /** @param function is called once for each {@link Slot#run} */
    public JavaNetwork(Signature signature, Function function) {
        this.signature = signature;
        this.function = function;
    }

    /** A port in short: {@code port("x", "float32", "batch", 1, 28, 28)}. */
    public static Port port(String name, String dtype, Object... dims) {
        return new Port(name, dtype, Stream.of(dims).map(Object::toString).toList());
    }

    /** Calls so far. */
    public synchronized int calls() {
        return calls;
    }

    /** Slots not closed. */
    public synchronized int openSlots() {
        return openSlots;
    }

    /** Whether the lease was given back. */
    public synchronized boolean closed() {
        return closed;
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public synchronized Slot slot(Map<String, long[]> inputShapes, Map<String, long[]> outputShapes) {
        if (closed) throw new IllegalStateException("This lease is closed; lease the network again.");
        Shapes.check(signature, inputShapes, outputShapes);
        openSlots++;
        return new JavaSlot(arrays(inputShapes), arrays(outputShapes));
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private static Map<String, Array> arrays(Map<String, long[]> shapes) {
        Map<String, Array> arrays = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> arrays.put(name, zeros(shape)));
        return arrays;
    }

    private static Array zeros(long[] shape) {
        int n = 1;
        for (long d : shape) n = Math.multiplyExact(n, (int) d);
        return new Array(shape.clone(), new double[n]);
    }

    private final class JavaSlot implements Slot {
        private final Map<String, Array> in;
        private final Map<String, Array> out;
        private final List<String> unwritten;
        private boolean slotClosed;

        JavaSlot(Map<String, Array> in, Map<String, Array> out) {
            this.in = in;
            this.out = out;
            unwritten = new ArrayList<>(in.keySet());
        }

        @Override
        public void state(String input, int row, Tensor x) {
            Array a = input(input);
            float[] values = new float[x.size()];
            x.read(values);
            int from = range(a, row, 0, values.length);
            if (x.size() / x.samples() != a.rowLength()) throw new NetworkException("a sample is no row of " + input);
            for (int i = 0; i < values.length; i++) a.values()[from + i] = values[i];
        }

        @Override
        public void fill(String input, int fromRow, int toRow, double value) {
            Array a = input(input);
            String dtype = signature.input(input).orElseThrow().dtype();
            if (dtype.startsWith("int") && value != Math.rint(value)) {
                throw new NetworkException(input + " of " + dtype + " cannot hold " + value);
            }
            range(a, fromRow, 0, (toRow - fromRow) * a.rowLength());
            for (int i = fromRow * a.rowLength(); i < toRow * a.rowLength(); i++) {
                a.values()[i] = dtype.equals("float32") ? (float) value : value;
            }
        }

        @Override
        public void ids(String input, int row, int[] ids) {
            Array a = input(input);
            int from = range(a, row, 0, ids.length);
            for (int i = 0; i < ids.length; i++) a.values()[from + i] = ids[i];
        }

        @Override
        public void run(Cancellation cancellation) {
            open();
            cancellation.check();
            if (!unwritten.isEmpty()) throw new NetworkException("never written: " + unwritten);
            synchronized (JavaNetwork.this) {
                calls++;
            }
            function.call(in, out);
            cancellation.check();
        }

        @Override
        public void read(String output, int row, int skip, Tensor x) {
            int length = x.size() / x.samples();
            Array a = output(output);
            float[] values = new float[x.size()];
            for (int s = 0; s < x.samples(); s++) {
                int from = range(a, row + s, skip, length);
                if (skip + length > a.rowLength()) throw new NetworkException("a row of " + output + " is too short");
                for (int i = 0; i < length; i++) values[s * length + i] = (float) a.values()[from + i];
            }
            x.write(values);
        }

        @Override
        public void read(String output, int row, int skip, float[] into) {
            Array a = output(output);
            int from = range(a, row, skip, into.length);
            for (int i = 0; i < into.length; i++) into[i] = (float) a.values()[from + i];
        }

        @Override
        public void ids(String output, int row, long[] into) {
            Array a = output(output);
            int from = range(a, row, 0, into.length);
            for (int i = 0; i < into.length; i++) into[i] = (long) a.values()[from + i];
        }

        @Override
        public Values values(String output) {
            double[] values = output(output).values();
            return new Values() {
                @Override
                public int size() {
                    return values.length;
                }

                @Override
                public float at(int i) {
                    return (float) values[i];
                }

                @Override
                public void copy(int first, float[] into, int count) {
                    for (int i = 0; i < count; i++) into[i] = (float) values[first + i];
                }
            };
        }

        @Override
        public void shape(String port, long... shape) {
            open();
            Map<String, Array> arrays = in.containsKey(port) ? in : out;
            if (named(arrays, port).shape().length != shape.length) throw new NetworkException("another rank");
            arrays.put(port, zeros(shape));
        }

        @Override
        public void feed(String output, String input) {
            Array fed = named(out, output);
            unwritten.remove(input);
            out.put(output, named(in, input));
            in.put(input, fed);
        }

        @Override
        public void append(String output, String input, int axis) {
            Array a = named(in, input), b = named(out, output);
            unwritten.remove(input);
            long[] shape = a.shape().clone();
            shape[axis] += b.shape()[axis];
            Array sum = zeros(shape);
            int blocks = block(Arrays.copyOf(shape, axis), 0),
                    one = block(a.shape(), axis),
                    two = block(b.shape(), axis);
            for (int i = 0; i < blocks; i++) {
                System.arraycopy(a.values(), i * one, sum.values(), i * (one + two), one);
                System.arraycopy(b.values(), i * two, sum.values(), i * (one + two) + one, two);
            }
            in.put(input, sum);
        }

        @Override
        public void keep(String input, int axis, int count) {
            Array a = named(in, input);
            long[] shape = a.shape().clone();
            shape[axis] = count;
            Array kept = zeros(shape);
            int blocks = block(Arrays.copyOf(shape, axis), 0), old = block(a.shape(), axis), now = block(shape, axis);
            for (int i = 0; i < blocks; i++) System.arraycopy(a.values(), i * old, kept.values(), i * now, now);
            in.put(input, kept);
        }

        private int block(long[] shape, int axis) {
            int n = 1;
            for (int i = axis; i < shape.length; i++) n *= (int) shape[i];
            return n;
        }

        @Override
        public void close() {
            synchronized (JavaNetwork.this) {
                if (slotClosed) return;
                slotClosed = true;
                openSlots--;
            }
        }

        private Array input(String name) {
            unwritten.remove(name);
            return named(in, name);
        }

        private Array output(String name) {
            return named(out, name);
        }

        private Array named(Map<String, Array> arrays, String name) {
            open();
            Array a = arrays.get(name);
            if (a == null) throw new NetworkException("no '" + name + "' among " + arrays.keySet());
            return a;
        }

        private int range(Array a, int row, int skip, int count) {
            int from = row * a.rowLength() + skip;
            if (row < 0 || skip < 0 || count < 0 || from + count > a.values().length) {
                throw new NetworkException(
                        "row " + row + ", element " + skip + ", " + count + " elements: not all there");
            }
            return from;
        }

        private void open() {
            if (slotClosed) throw new IllegalStateException("This slot is closed; make another.");
        }
    }
}
