package io.sampler4j.model;

import io.sampler4j.api.error.NetworkException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * An ONNX file, as far as it is looked at before ONNX Runtime is: which files beside it hold tensors, and whether there is
 * anything in it that would end the JVM. Reads as much of the protobuf as leads there; numbers of fields are those of
 * onnx.proto.
 */
final class OnnxFile {
    private static final int VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5;
    private static final int MODEL_GRAPH = 7, MODEL_FUNCTION = 25;
    private static final int GRAPH_NODE = 1, GRAPH_INITIALIZER = 5, GRAPH_SPARSE_INITIALIZER = 15;
    private static final int FUNCTION_NODE = 7, FUNCTION_ATTRIBUTE = 11;
    private static final int NODE_OPERATOR = 4, NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_NAME = 1, ATTRIBUTE_NUMBER = 3, ATTRIBUTE_NUMBERS = 8;
    private static final int ATTRIBUTE_TENSOR = 5, ATTRIBUTE_GRAPH = 6, ATTRIBUTE_TENSORS = 10, ATTRIBUTE_GRAPHS = 11;
    private static final int ATTRIBUTE_SPARSE = 22, ATTRIBUTE_SPARSES = 23;
    private static final int SPARSE_VALUES = 1, SPARSE_INDICES = 2;
    private static final int TENSOR_EXTERNAL = 13;
    private static final int ENTRY_KEY = 1, ENTRY_VALUE = 2;
    /** Graphs inside graphs. Protobuf itself reads 100 messages deep, and a graph is two of them. */
    private static final int DEEPEST = 50;
    /** ONNX Runtime 1.28 divides by products of these, unchecked in ConvTranspose and DepthToSpace: a SIGFPE. */
    private static final Set<String> COUNTS = Set.of("group", "blocksize", "strides", "dilations", "kernel_shape");

    private final Set<String> locations = new TreeSet<>();
    private int depth;

    private OnnxFile() {}

    /**
     * The locations that the file names, relative to its directory.
     *
     * @throws NetworkException if it is no ONNX file, cut off, or would end the JVM
     */
    static Set<String> locations(Path file) {
        checkSize(file);
        OnnxFile found = new OnnxFile();
        try (FileChannel channel = FileChannel.open(file)) {
            found.model(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
        } catch (Poisoned e) {
            throw new NetworkException(file + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            throw new NetworkException(
                    file + " is no ONNX file, or it is cut off: "
                            + (e.getMessage() == null ? "it ends inside a field" : e.getMessage())
                            + ". Copy or export it again",
                    e);
        }
        return found.locations;
    }

    /**
     * Whether it can be an ONNX file by its size alone, before gigabytes are hashed or mapped.
     *
     * @throws NetworkException if it cannot
     */
    static void checkSize(Path file) {
        long size = size(file);
        if (size == 0) throw new NetworkException(file + " is empty. Copy or export it again");
        if (size > Integer.MAX_VALUE) {
            throw new NetworkException(file + " has " + size + " bytes, and an ONNX file has 2 GiB at most. Export it"
                    + " again with its weights in a file beside it (external data)");
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new NetworkException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** It is an ONNX file, and yet not one for ONNX Runtime. */
    private static final class Poisoned extends RuntimeException {
        private static final long serialVersionUID = 1;

        Poisoned(String message) {
            super(message);
        }
    }

    private void model(ByteBuffer model) {
        fields(model, (field, body) -> {
            if (field == MODEL_GRAPH) graph(body);
            if (field != MODEL_FUNCTION) return;
            fields(body, (f, inner) -> {
                if (f == FUNCTION_NODE) node(inner);
                if (f == FUNCTION_ATTRIBUTE) attribute("", inner);
            });
        });
    }

    private void graph(ByteBuffer graph) {
        if (++depth > DEEPEST) {
            throw new Poisoned("its graphs lie in one another more than " + DEEPEST
                    + " deep, which no reader of ONNX files follows. Export it without so many nested branches");
        }
        fields(graph, (field, body) -> {
            if (field == GRAPH_INITIALIZER) tensor(body);
            if (field == GRAPH_SPARSE_INITIALIZER) sparse(body);
            if (field == GRAPH_NODE) node(body);
        });
        depth--;
    }

    private void node(ByteBuffer node) {
        String[] operator = {"?"};
        // Twice: the order of fields is free, and a message about an attribute names the operator.
        fields(node.duplicate(), (field, body) -> {
            if (field == NODE_OPERATOR) operator[0] = text(body);
        });
        fields(node, (field, body) -> {
            if (field == NODE_ATTRIBUTE) attribute(operator[0], body);
        });
    }

    private void attribute(String operator, ByteBuffer attribute) {
        String[] name = {""};
        fields(attribute.duplicate(), (field, body) -> {
            if (field == ATTRIBUTE_NAME) name[0] = text(body);
        });
        boolean count = COUNTS.contains(name[0]);
        fields(attribute, new Field() {
            @Override
            public void bytes(int field, ByteBuffer value) {
                switch (field) {
                    case ATTRIBUTE_TENSOR, ATTRIBUTE_TENSORS -> tensor(value);
                    case ATTRIBUTE_SPARSE, ATTRIBUTE_SPARSES -> sparse(value);
                    case ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS -> graph(value);
                    case ATTRIBUTE_NUMBERS -> {
                        while (count && value.hasRemaining()) positive(varint(value));
                    }
                    default -> {}
                }
            }

            @Override
            public void number(int field, long value) {
                if (count && (field == ATTRIBUTE_NUMBER || field == ATTRIBUTE_NUMBERS)) positive(value);
            }

            private void positive(long value) {
                if (value >= 1 && value <= Integer.MAX_VALUE) return;
                throw new Poisoned("the attribute " + name[0] + " of an operator " + operator + " is " + value
                        + ", and must be from 1 to " + Integer.MAX_VALUE + ". Export it again");
            }
        });
    }

    private void sparse(ByteBuffer sparse) {
        fields(sparse, (field, body) -> {
            if (field == SPARSE_VALUES || field == SPARSE_INDICES) tensor(body);
        });
    }

    private void tensor(ByteBuffer tensor) {
        fields(tensor, (field, entry) -> {
            if (field != TENSOR_EXTERNAL) return;
            String[] pair = {"", "", ""};
            fields(entry, (f, text) -> {
                if (f == ENTRY_KEY || f == ENTRY_VALUE) pair[f] = text(text);
            });
            if (pair[ENTRY_KEY].equals("location")) locations.add(pair[ENTRY_VALUE]);
        });
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private interface Field {
        void bytes(int number, ByteBuffer body);

        default void number(int number, long value) {}
    }

    private static void fields(ByteBuffer in, Field each) {
        while (in.hasRemaining()) {
            long tag = varint(in);
            if (tag >>> 32 != 0) throw new IllegalArgumentException("a field of an unknown kind");
            int number = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case VARINT -> each.number(number, varint(in));
                case FIXED64 -> in.position(in.position() + 8);
                case FIXED32 -> in.position(in.position() + 4);
                case BYTES -> {
                    long length = varint(in);
                    if (length < 0 || length > in.remaining()) {
                        throw new IllegalArgumentException(
                                "a field of " + length + " bytes where " + in.remaining() + " are left");
                    }
                    each.bytes(number, in.slice(in.position(), (int) length));
                    in.position(in.position() + (int) length);
                }
                default -> throw new IllegalArgumentException("a field of an unknown kind");
            }
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) return value;
        }
        throw new IllegalArgumentException("a number that does not end");
    }
}
