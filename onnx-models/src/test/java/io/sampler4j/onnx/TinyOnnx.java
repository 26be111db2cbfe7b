package io.sampler4j.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes small ONNX files, so that tests need neither Python nor binaries: opset 18, IR version 8. A graph is built by
 * calls in the order of its nodes.
 *
 * <pre>{@code
 * byte[] file = TinyOnnx.graph()
 *         .input("x", TinyOnnx.FLOAT, "batch", 1, 28, 28)
 *         .initializer("two", new long[] {}, 2f)
 *         .node("Mul", List.of("x", "two"), List.of("y"))
 *         .output("y", TinyOnnx.FLOAT, "batch", 1, 28, 28)
 *         .bytes();
 * }</pre>
 *
 * Numbers of fields are those of onnx.proto (github.com/onnx/onnx).
 */
public final class TinyOnnx {
    /** TensorProto.DataType, as are those that follow. */
    public static final int FLOAT = 1;

    public static final int INT32 = 6;
    public static final int INT64 = 7;
    public static final int BOOL = 9;
    public static final int FLOAT16 = 10;
    public static final int DOUBLE = 11;

    private final Message graph = new Message().text(2, "tiny");
    private final Message functions = new Message();
    private long opset = 18;

    private TinyOnnx() {}

    /** An empty graph. */
    public static TinyOnnx graph() {
        return new TinyOnnx();
    }

    /** An input; each dimension is a number or a String, the name of a symbolic one. */
    public TinyOnnx input(String name, int dtype, Object... dims) {
        graph.message(11, port(name, dtype, dims));
        return this;
    }

    /** An output; each dimension is a number or a String, the name of a symbolic one. */
    public TinyOnnx output(String name, int dtype, Object... dims) {
        graph.message(12, port(name, dtype, dims));
        return this;
    }

    /** A node of the standard operators; attributes come from {@link #attribute}. */
    public TinyOnnx node(String operator, List<String> inputs, List<String> outputs, byte[]... attributes) {
        return node("", operator, inputs, outputs, attributes);
    }

    /** A node of another domain's operators. */
    public TinyOnnx node(
            String domain, String operator, List<String> inputs, List<String> outputs, byte[]... attributes) {
        Message node = new Message();
        inputs.forEach(i -> node.text(1, i));
        outputs.forEach(o -> node.text(2, o));
        node.text(4, operator);
        for (byte[] attribute : attributes) node.raw(5, attribute);
        if (!domain.isEmpty()) node.text(7, domain);
        graph.message(1, node);
        return this;
    }

    /** An integer attribute of a node. */
    public static byte[] attribute(String name, long value) {
        return new Message().text(1, name).number(3, value).number(20, 2).bytes();
    }

    /** An attribute of several integers. */
    public static byte[] attribute(String name, long... values) {
        Message attribute = new Message().text(1, name).number(20, 7);
        for (long value : values) attribute.number(8, value);
        return attribute.bytes();
    }

    /** A text attribute. */
    public static byte[] text(String name, String value) {
        return new Message().text(1, name).text(4, value).number(20, 3).bytes();
    }

    /** An attribute that is a graph, as the branches of {@code If} are. */
    public static byte[] attribute(String name, TinyOnnx graph) {
        return new Message().text(1, name).message(6, graph.graph).number(20, 5).bytes();
    }

    /** A function of the domain {@code local} with one input {@code in}, one output {@code out} and one node. */
    public TinyOnnx function(String name, String domain, String operator) {
        Message node =
                new Message().text(1, "in").text(2, "out").text(4, operator).text(7, domain);
        functions.message(
                25,
                new Message()
                        .text(1, name)
                        .text(4, "in")
                        .text(5, "out")
                        .message(7, node)
                        .message(9, new Message().text(1, "").number(2, opset))
                        .message(9, new Message().text(1, "local").number(2, 1))
                        .text(10, "local"));
        return this;
    }

    /** The version of the standard operators; 18 otherwise. */
    public TinyOnnx opset(long version) {
        opset = version;
        return this;
    }

    /** A constant of float32; no dimensions make a scalar. */
    public TinyOnnx initializer(String name, long[] dims, float... values) {
        graph.message(5, tensor(name, FLOAT, dims).raw(9, littleEndian(values)));
        return this;
    }

    /** A constant of int64. */
    public TinyOnnx initializer(String name, long[] dims, long... values) {
        ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) data.putLong(value);
        graph.message(5, tensor(name, INT64, dims).raw(9, data.array()));
        return this;
    }

    /** A constant of float32 in another file beside this one: what {@link #littleEndian} gives of its values. */
    public TinyOnnx external(String name, long[] dims, String location) {
        return external(name, dims, List.of("location", location));
    }

    /** As above, with all of the entries that say where: key, value, key, value ... */
    public TinyOnnx external(String name, long[] dims, List<String> entries) {
        Message tensor = tensor(name, FLOAT, dims);
        for (int i = 0; i < entries.size(); i += 2) {
            tensor.message(13, new Message().text(1, entries.get(i)).text(2, entries.get(i + 1)));
        }
        graph.message(5, tensor.number(14, 1));
        return this;
    }

    /** Float32 values as ONNX stores them. */
    public static byte[] littleEndian(float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) data.putFloat(value);
        return data.array();
    }

    /** The ONNX file. */
    public byte[] bytes() {
        Message model = new Message()
                .number(1, 8)
                .message(8, new Message().text(1, "").number(2, opset))
                .message(7, graph);
        if (functions.out.size() > 0)
            model.message(8, new Message().text(1, "local").number(2, 1));
        model.out.writeBytes(functions.bytes());
        return model.bytes();
    }

    /** Writes the ONNX file and returns its path. */
    public Path write(Path file) {
        return write(file, bytes());
    }

    /** Writes a file and returns its path. */
    public static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The SHA-256 in hexadecimal, as manifests list it. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * A denoiser in little: {@code out = x t / (t + 1)}, with {@code x} and {@code out} float32 [batch, channels, height,
     * width] and {@code t} float32 [batch].
     */
    public static byte[] denoiser(int channels, int height, int width) {
        return graph().input("x", FLOAT, "batch", channels, height, width)
                .input("t", FLOAT, "batch")
                .initializer("one", new long[] {}, 1f)
                .initializer("perSample", new long[] {4}, -1L, 1L, 1L, 1L)
                .node("Add", List.of("t", "one"), List.of("above"))
                .node("Div", List.of("t", "above"), List.of("factor"))
                .node("Reshape", List.of("factor", "perSample"), List.of("factors"))
                .node("Mul", List.of("x", "factors"), List.of("out"))
                .output("out", FLOAT, "batch", channels, height, width)
                .bytes();
    }

    /**
     * A slow network of many nodes: {@code y = ... cos(sin(cos(sin(x))))}, float32 [batch, length], which the optimiser
     * cannot shorten. A call ends early between two nodes only.
     */
    public static byte[] chain(int nodes, int length) {
        TinyOnnx graph = graph().input("x", FLOAT, "batch", length);
        String last = "x";
        for (int i = 0; i < nodes; i++) {
            String next = i == nodes - 1 ? "y" : "h" + i;
            graph.node(i % 2 == 0 ? "Sin" : "Cos", List.of(last), List.of(next));
            last = next;
        }
        return graph.output("y", FLOAT, "batch", length).bytes();
    }

    private static Message port(String name, int dtype, Object... dims) {
        Message shape = new Message();
        for (Object dim : dims) {
            Message d = new Message();
            if (dim instanceof Number n) d.number(1, n.longValue());
            else d.text(2, (String) dim);
            shape.message(1, d);
        }
        Message tensor = new Message().number(1, dtype).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    private static Message tensor(String name, int dtype, long[] dims) {
        Message tensor = new Message();
        for (long dim : dims) tensor.number(1, dim);
        return tensor.number(2, dtype).text(8, name);
    }

    /** A protocol buffer message: fields in the order of the calls. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Message text(int field, String value) {
            return raw(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return raw(field, value.bytes());
        }

        Message raw(int field, byte[] value) {
            varint((long) field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                out.write((int) (rest & 0x7F | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
