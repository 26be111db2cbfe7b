package io.sampler4j.runtime.output;

import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A float32 array in NumPy's file format (NEP 1), little-endian and in C order; float16 is read as well.
 *
 * @param shape its dimensions
 * @param values its elements, row-major; not copied
 */
public record Npy(int[] shape, float[] values) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");

    /** @throws IllegalArgumentException if the shape does not hold as many elements */
    public Npy {
        if (elements(shape) != values.length) {
            throw new IllegalArgumentException(
                    "the shape " + Arrays.toString(shape) + " does not hold " + values.length + " elements");
        }
    }

    private static long elements(int[] shape) {
        long n = 1;
        for (int d : shape) n = Math.multiplyExact(n, d);
        return n;
    }

    /**
     * Reads a file.
     *
     * @throws RefusedException if it is not there, is truncated, is not float32 or float16 in C order, or holds NaN or infinity
     */
    public static Npy read(Path file) {
        return parse(bytes(file), file.toString());
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new RefusedException("there is no file " + file, e);
        } catch (IOException e) {
            throw new RefusedException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    static Npy parse(byte[] bytes, String file) {
        Head head = head(bytes, file);
        boolean half = head.dtype.equals("<f2");
        if (!half && !head.dtype.equals("<f4")) {
            throw new RefusedException(file + " holds " + head.dtype
                    + ", and float32 in little-endian order (<f4) is needed: " + "convert it with a.astype(\"<f4\")");
        }
        ByteBuffer elements = head.elements(half ? Short.BYTES : Float.BYTES, file);
        float[] values = new float[head.count()];
        if (half) for (int i = 0; i < values.length; i++) values[i] = half(elements.getShort());
        else elements.asFloatBuffer().get(values);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new RefusedException(
                        file + " holds " + values[i] + " at element " + i + " (row-major), and must be finite");
            }
        }
        return new Npy(head.shape, values);
    }

    /**
     * An array of whole numbers.
     *
     * @param shape of the array
     * @param values row-major, which it owns
     */
    public record Whole(int[] shape, long[] values) {
        /**
         * Reads a file.
         *
         * @throws RefusedException if it is not there, is truncated, or is not int64, int32, int16 or uint8 in C order
         */
        public static Whole read(Path file) {
            byte[] bytes = bytes(file);
            Head head = Npy.head(bytes, file.toString());
            int size = switch (head.dtype) {
                case "<i8" -> Long.BYTES;
                case "<i4" -> Integer.BYTES;
                case "<i2" -> Short.BYTES;
                case "|u1" -> 1;
                default ->
                    throw new RefusedException(file + " holds " + head.dtype
                            + ", and whole numbers are needed: convert it with a.astype(\"<i8\")");
            };
            ByteBuffer elements = head.elements(size, file.toString());
            long[] values = new long[head.count()];
            for (int i = 0; i < values.length; i++) {
                values[i] = switch (size) {
                    case Long.BYTES -> elements.getLong();
                    case Integer.BYTES -> elements.getInt();
                    case Short.BYTES -> elements.getShort();
                    default -> elements.get() & 0xff;
                };
            }
            return new Whole(head.shape, values);
        }

        /** Writes it as int64, the type of an index in NumPy and PyTorch. */
        public void write(OutputStream out) throws IOException {
            header(out, "<i8", shape);
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asLongBuffer().put(values);
            out.write(bytes.array());
        }
    }

    /** What a file says before its elements. */
    private record Head(String dtype, int[] shape, ByteBuffer rest) {
        int count() {
            return Math.toIntExact(Npy.elements(shape));
        }

        ByteBuffer elements(int size, String file) {
            long expected = Npy.elements(shape) * size, before = (long) rest.capacity() - rest.remaining();
            if (rest.remaining() != expected) throw truncated(file, before + expected, rest.capacity());
            return rest.slice().order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private static Head head(byte[] bytes, String file) {
        if (bytes.length < 10 || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new RefusedException(file + " is no npy file: make one with numpy.save(\"F.npy\", a)");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int version = bytes[6];
        if (version < 1 || version > 3) {
            throw new RefusedException(file + " is an npy file of version " + version + "; versions 1 to 3 are read");
        }
        int start = version == 1 ? 10 : 12;
        long length =
                version == 1 ? buffer.getShort(8) & 0xffffL : bytes.length < 12 ? Long.MAX_VALUE : buffer.getInt(8);
        if (length < 0 || start + length > bytes.length) throw truncated(file, start + length, bytes.length);
        String header = new String(bytes, start, (int) length, StandardCharsets.UTF_8);
        String dtype = group(DESCR, header, file);
        if (group(FORTRAN, header, file).equals("True")) {
            throw new RefusedException(file + " is in Fortran order, and C order is needed: convert it with "
                    + "numpy.ascontiguousarray(a)");
        }
        return new Head(dtype, shape(group(SHAPE, header, file), file), buffer.position(start + (int) length));
    }

    /** IEEE 754 binary16, exactly; Float.float16ToFloat is of Java 20. */
    private static float half(short bits) {
        int exponent = bits >> 10 & 31, fraction = bits & 1023;
        float magnitude = exponent == 31
                ? fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN
                : exponent == 0
                        ? Math.scalb((float) fraction, -24)
                        : Math.scalb((float) (1024 + fraction), exponent - 25);
        return bits < 0 ? -magnitude : magnitude;
    }

    private static RefusedException truncated(String file, long expected, long found) {
        return new RefusedException(file + " should be " + expected + " bytes long by its header, and is " + found
                + ": was it cut off, or is it still being written?");
    }

    private static String group(Pattern pattern, String header, String file) {
        Matcher m = pattern.matcher(header);
        if (!m.find()) throw new RefusedException(file + " has a header that says no " + pattern.pattern());
        return m.group(1);
    }

    private static int[] shape(String text, String file) {
        try {
            return Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(s -> !s.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new RefusedException(file + " has the shape (" + text + "), which is too large or no shape", e);
        }
    }

    /** Writes it, in version 1. */
    public void write(OutputStream out) throws IOException {
        header(out, "<f4", shape);
        floats(out, values);
    }

    /** Writes the head of an array of this shape whose elements follow, by {@link #floats}, part by part. */
    public static void head(OutputStream out, int... shape) throws IOException {
        header(out, "<f4", shape);
    }

    private static void header(OutputStream out, String type, int... shape) throws IOException {
        String dims = Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + dims
                + (shape.length == 1 ? "," : "") + "), }";
        int length = (10 + header.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - 10;
        ByteBuffer head = ByteBuffer.allocate(10 + length).order(ByteOrder.LITTLE_ENDIAN);
        head.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) length);
        head.put(header.getBytes(StandardCharsets.US_ASCII));
        while (head.position() < 10 + length - 1) head.put((byte) ' ');
        head.put((byte) '\n');
        out.write(head.array());
    }

    /** Writes elements, and no head. */
    public static void floats(OutputStream out, float[] values) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < values.length; ) {
            int n = Math.min(chunk.capacity() / Float.BYTES, values.length - at);
            chunk.clear().asFloatBuffer().put(values, at, n);
            out.write(chunk.array(), 0, n * Float.BYTES);
            at += n;
        }
    }

    /**
     * Demands a shape.
     *
     * @param what it is, for the message
     * @throws RefusedException if it has another
     */
    public void requireShape(String what, int... expected) {
        if (!Arrays.equals(shape, expected)) {
            throw new RefusedException(
                    what + " must have the shape " + Arrays.toString(expected) + ", and has " + Arrays.toString(shape));
        }
    }
}
