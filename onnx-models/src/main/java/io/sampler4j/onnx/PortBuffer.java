package io.sampler4j.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.error.NetworkException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** The memory of one input or output in its own type, its conversions, and the native tensor over it. */
final class PortBuffer {
    private final String side;
    private final Port port;
    private final Type type;
    private long[] shape;
    private int rows;
    private int rowLength;
    /** Native order: ONNX Runtime would read any other as garbage, without an error. */
    private ByteBuffer bytes;

    private FloatBuffer floats;
    private OnnxTensor tensor;
    private float[] staging = new float[0];
    private boolean written;

    private enum Type {
        FLOAT32(4),
        FLOAT16(2),
        FLOAT64(8),
        INT64(8),
        INT32(4),
        BOOL(1);

        final int size;

        Type(int size) {
            this.size = size;
        }
    }

    PortBuffer(String side, Port port, long[] shape) {
        this.side = side;
        this.port = port;
        type = switch (port.dtype()) {
            case "float32" -> Type.FLOAT32;
            case "float16" -> Type.FLOAT16;
            case "float64" -> Type.FLOAT64;
            case "int64" -> Type.INT64;
            case "int32" -> Type.INT32;
            case "bool" -> Type.BOOL;
            default ->
                throw new NetworkException(
                        "The " + side + " " + port + " is of type " + port.dtype()
                                + "; supported are float32, float16, float64, int64, int32 and bool. Export it with one of these.");
        };
        long elements = elements(shape);
        if (elements > Integer.MAX_VALUE / type.size) {
            throw new NetworkException("The " + side + " " + port + " needs " + elements + " elements of " + type.size
                    + " bytes for the shape " + Arrays.toString(shape)
                    + ", and ONNX Runtime's Java binding holds 2 GiB a tensor. Use a smaller --batch.");
        }
        measure(shape);
        bytes = allocate((int) elements * type.size);
        floats = type == Type.FLOAT32 ? bytes.asFloatBuffer() : FloatBuffer.allocate(0);
        tensor = create();
    }

    /** At most {@link Long#MAX_VALUE}: exact as far as any tensor goes. */
    private static long elements(long[] shape) {
        double elements = 1;
        for (long d : shape) elements *= d;
        return (long) elements;
    }

    private void measure(long[] shape) {
        this.shape = shape.clone();
        rows = shape.length == 0 ? 1 : Math.toIntExact(shape[0]);
        rowLength = rows == 0 ? 0 : (int) elements(shape) / rows;
    }

    /** Gives it another shape, over the first of its memory. */
    void shape(long[] shape) {
        if (Arrays.equals(shape, this.shape)) return;
        if (!Shapes.fits(port, shape, 0) || elements(shape) > bytes.capacity() / type.size) {
            throw new NetworkException("The " + side + " " + port + " cannot have the shape " + Arrays.toString(shape)
                    + ": the rank and the numbers must agree, and the slot was made for "
                    + bytes.capacity() / type.size + " elements.");
        }
        measure(shape);
        renew();
    }

    /** The tensor anew, since one has a shape for life. */
    private void renew() {
        OnnxTensor old = tensor;
        tensor = create();
        old.close();
    }

    /** Exchanges memory with another of its type and size, and takes its shape. */
    void exchange(PortBuffer other) {
        if (type != other.type || bytes.capacity() != other.bytes.capacity()) {
            throw new NetworkException("The " + other.side + " " + other + " cannot be the " + side + " " + this
                    + ": they must have one type, and the slot be made with as many elements for both.");
        }
        ByteBuffer theirs = other.bytes;
        FloatBuffer theirFloats = other.floats;
        other.bytes = bytes;
        other.floats = floats;
        bytes = theirs;
        floats = theirFloats;
        measure(other.shape);
        renew();
        other.renew();
        written = true;
    }

    /** Takes in another along an axis, its own blocks moved apart from the last on. */
    void append(PortBuffer other, int axis) {
        long[] sum = shape.clone();
        sum[axis] += other.shape[axis];
        long[] same = other.shape.clone();
        same[axis] = shape[axis];
        if (type != other.type || !Arrays.equals(same, shape)) {
            throw new NetworkException("The " + other.side + " " + other + " cannot be appended to the " + side + " "
                    + this + ": but for dimension " + axis + " they must be alike.");
        }
        int blocks = (int) elements(Arrays.copyOf(shape, axis)), block = block(shape, axis);
        int more = block(other.shape, axis);
        shape(sum);
        for (int b = blocks - 1; b >= 0; b--) {
            bytes.put(b * (block + more), bytes, b * block, block);
            bytes.put(b * (block + more) + block, other.bytes, b * more, more);
        }
        written = true;
    }

    /** Keeps the first of each block. */
    void keep(int axis, int count) {
        if (count < 0 || count > shape[axis]) {
            throw new NetworkException(
                    "The " + side + " " + this + " has no " + count + " along dimension " + axis + " to keep.");
        }
        long[] shorter = shape.clone();
        shorter[axis] = count;
        int blocks = (int) elements(Arrays.copyOf(shape, axis)), block = block(shape, axis);
        int kept = block(shorter, axis);
        for (int b = 1; b < blocks; b++) bytes.put(b * kept, bytes, b * block, kept);
        shape(shorter);
    }

    /** Bytes of one block: all dimensions from the axis on. */
    private int block(long[] shape, int axis) {
        return (int) elements(Arrays.copyOfRange(shape, axis, shape.length)) * type.size;
    }

    private ByteBuffer allocate(int size) {
        try {
            return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
        } catch (OutOfMemoryError e) {
            throw new NetworkException(
                    "There is no direct memory for the " + side + " " + this + " (" + size
                            + " bytes). Use a smaller --batch, or give the JVM more: -XX:MaxDirectMemorySize=4g.",
                    e);
        }
    }

    private OnnxTensor create() {
        OrtEnvironment env = Providers.environment();
        int size = (int) elements(shape) * type.size;
        ByteBuffer b = bytes.slice(0, size).order(ByteOrder.nativeOrder());
        try {
            return switch (type) {
                case FLOAT32 -> OnnxTensor.createTensor(env, b.asFloatBuffer(), shape);
                case FLOAT16 -> OnnxTensor.createTensor(env, b.asShortBuffer(), shape, OnnxJavaType.FLOAT16);
                case FLOAT64 -> OnnxTensor.createTensor(env, b.asDoubleBuffer(), shape);
                case INT64 -> OnnxTensor.createTensor(env, b.asLongBuffer(), shape);
                case INT32 -> OnnxTensor.createTensor(env, b.asIntBuffer(), shape);
                case BOOL -> OnnxTensor.createTensor(env, b, shape, OnnxJavaType.BOOL);
            };
        } catch (OrtException e) {
            throw new NetworkException(
                    "ONNX Runtime cannot make a tensor for the " + side + " " + this + ": " + e.getMessage(), e);
        }
    }

    OnnxTensor tensor() {
        return tensor;
    }

    boolean written() {
        return written;
    }

    void state(int row, Tensor x) {
        real();
        int length = x.size() / x.samples();
        if (row < 0 || row + x.samples() > rows || length != rowLength) {
            throw new NetworkException("The " + side + " " + this + " has " + rows + " rows of " + rowLength
                    + " elements; " + x.samples() + " samples of " + length + " elements do not fit from row " + row
                    + " on. Compare the manifest's sample.shape with the network (sampler4j inspect).");
        }
        int from = row * rowLength;
        if (type == Type.FLOAT32) {
            x.read(floats.position(from));
        } else {
            float[] values = staging(x.size());
            x.read(values);
            for (int i = 0; i < values.length; i++) setReal(from + i, values[i]);
        }
        written = true;
    }

    private void setReal(int i, double value) {
        switch (type) {
            case FLOAT16 -> bytes.putShort(2 * i, Fp16Conversions.floatToFp16((float) value));
            case FLOAT64 -> bytes.putDouble(8 * i, value);
            default -> floats.put(i, (float) value);
        }
    }

    void fill(int fromRow, int toRow, double value) {
        if (fromRow < 0 || toRow > rows || fromRow >= toRow) {
            throw new NetworkException("The " + side + " " + this + " has " + rows + " rows, from 0; [" + fromRow + ", "
                    + toRow + ") are none of them.");
        }
        holds(value);
        for (int i = fromRow * rowLength; i < toRow * rowLength; i++) {
            switch (type) {
                case INT64 -> bytes.putLong(8 * i, (long) value);
                case INT32 -> bytes.putInt(4 * i, (int) value);
                case BOOL -> bytes.put(i, (byte) value);
                default -> setReal(i, value);
            }
        }
        written = true;
    }

    private void holds(double value) {
        double max = switch (type) {
            case FLOAT32 -> Float.MAX_VALUE;
            case FLOAT16 -> 65504;
            case FLOAT64 -> Double.MAX_VALUE;
            // Beyond 2^53 a double no longer counts one by one.
            case INT64 -> 0x1p53;
            case INT32 -> Integer.MAX_VALUE;
            case BOOL -> 1;
        };
        boolean real = type == Type.FLOAT32 || type == Type.FLOAT16 || type == Type.FLOAT64;
        boolean fits = real
                ? Math.abs(value) <= max || !Double.isFinite(value)
                : Math.abs(value) <= max && value == Math.rint(value);
        if (!fits || type == Type.BOOL && value < 0) {
            throw new NetworkException("The " + side + " " + port + " cannot hold " + value
                    + (real
                            ? ", which is too large for it."
                            : type == Type.BOOL
                                    ? ": it takes 0 or 1."
                                    : ": it takes whole numbers. Choose a scheduler whose levels lie on the network's own steps,"
                                            + " or export the network with a float input."));
        }
    }

    void ids(int row, int[] ids) {
        int from = integers(row, ids.length);
        for (int i = 0; i < ids.length; i++) {
            if (type == Type.INT64) bytes.putLong(8 * (from + i), ids[i]);
            else bytes.putInt(4 * (from + i), ids[i]);
        }
        written = true;
    }

    void ids(int row, long[] into) {
        int from = integers(row, into.length);
        for (int i = 0; i < into.length; i++) {
            into[i] = type == Type.INT64 ? bytes.getLong(8 * (from + i)) : bytes.getInt(4 * (from + i));
        }
    }

    private int integers(int row, int count) {
        if (type != Type.INT64 && type != Type.INT32) {
            throw new NetworkException(
                    "The " + side + " " + port + " holds " + port.dtype() + ", not int64 or int32 ids.");
        }
        return range(row, 0, count);
    }

    private int range(int row, int skip, int count) {
        int from = row * rowLength + skip;
        if (row < 0 || row >= rows || skip < 0 || from + (long) count > (long) rows * rowLength) {
            throw new NetworkException(
                    "The " + side + " " + this + " has " + rows + " rows of " + rowLength + " elements; " + count
                            + " elements from row " + row + ", element " + skip + " on, are not all there.");
        }
        return from;
    }

    void read(int row, int skip, Tensor out) {
        real();
        int samples = out.samples();
        int length = out.size() / samples;
        if (row < 0 || row + samples > rows || skip < 0 || skip + length > rowLength) {
            throw new NetworkException("The " + side + " " + this + " has " + rows + " rows of " + rowLength
                    + " elements; " + samples + " samples of " + length + " elements, from row " + row + " and element "
                    + skip
                    + " on, are not all there. Compare the manifest's sample.shape and variance with the network"
                    + " (sampler4j inspect).");
        }
        if (type == Type.FLOAT32 && length == rowLength) {
            out.write(floats.position(row * rowLength));
            return;
        }
        float[] values = staging(out.size());
        for (int s = 0; s < samples; s++) copy((row + s) * rowLength + skip, values, s * length, length);
        out.write(values);
    }

    void read(int row, int skip, float[] into) {
        real();
        copy(range(row, skip, into.length), into, 0, into.length);
    }

    Slot.Values values() {
        real();
        return new Slot.Values() {
            @Override
            public int size() {
                return rows * rowLength;
            }

            @Override
            public float at(int i) {
                return element(i);
            }

            @Override
            public void copy(int first, float[] into, int count) {
                PortBuffer.this.copy(first, into, 0, count);
            }
        };
    }

    private float element(int i) {
        return switch (type) {
            case FLOAT16 -> Fp16Conversions.fp16ToFloat(bytes.getShort(2 * i));
            case FLOAT64 -> (float) bytes.getDouble(8 * i);
            default -> floats.get(i);
        };
    }

    private void copy(int from, float[] into, int at, int count) {
        if (type == Type.FLOAT32) {
            // At an index: the buffer's own position would be shared by the threads that read.
            floats.get(from, into, at, count);
            return;
        }
        for (int i = 0; i < count; i++) into[at + i] = element(from + i);
    }

    private void real() {
        if (type != Type.FLOAT32 && type != Type.FLOAT16 && type != Type.FLOAT64) {
            throw new NetworkException("The " + side + " " + port + " holds " + port.dtype()
                    + ", not float32, float16 or float64 values.");
        }
    }

    /** Made anew only when the size changes, which within a run it does not. */
    private float[] staging(int size) {
        if (staging.length != size) staging = new float[size];
        return staging;
    }

    @Override
    public String toString() {
        return port.name() + " " + port.dtype() + " " + Arrays.toString(shape);
    }
}
