package io.sampler4j.model;

import io.sampler4j.api.error.NetworkException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * The files beside an ONNX file in which it keeps tensors. Reads as much of the protobuf as leads there; numbers of
 * fields are those of onnx.proto.
 */
final class ExternalData {
    private static final int VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5;
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1, GRAPH_INITIALIZER = 5;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_TENSOR = 5, ATTRIBUTE_GRAPH = 6, ATTRIBUTE_TENSORS = 10, ATTRIBUTE_GRAPHS = 11;
    private static final int TENSOR_EXTERNAL = 13;
    private static final int ENTRY_KEY = 1, ENTRY_VALUE = 2;

    private final Set<String> locations = new TreeSet<>();

    private ExternalData() {}

    /**
     * The locations that the file names, relative to its directory.
     *
     * @throws NetworkException if it is no ONNX file, or cut off
     */
    static Set<String> locations(Path file) {
        ExternalData found = new ExternalData();
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            found.fields(all, (field, body) -> {
                if (field == MODEL_GRAPH) found.graph(body);
            });
        } catch (IOException | RuntimeException e) {
            throw new NetworkException(
                    file + " is no ONNX file, or it is cut off: " + e.getMessage() + ". Copy or export it again", e);
        }
        return found.locations;
    }

    private void graph(ByteBuffer graph) {
        fields(graph, (field, body) -> {
            if (field == GRAPH_INITIALIZER) tensor(body);
            if (field != GRAPH_NODE) return;
            fields(body, (f, attribute) -> {
                if (f != NODE_ATTRIBUTE) return;
                fields(attribute, (g, value) -> {
                    if (g == ATTRIBUTE_TENSOR || g == ATTRIBUTE_TENSORS) tensor(value);
                    if (g == ATTRIBUTE_GRAPH || g == ATTRIBUTE_GRAPHS) graph(value);
                });
            });
        });
    }

    private void tensor(ByteBuffer tensor) {
        fields(tensor, (field, entry) -> {
            if (field != TENSOR_EXTERNAL) return;
            String[] pair = new String[3];
            fields(entry, (f, text) -> {
                if (f == ENTRY_KEY || f == ENTRY_VALUE)
                    pair[f] = StandardCharsets.UTF_8.decode(text).toString();
            });
            if ("location".equals(pair[ENTRY_KEY])) locations.add(pair[ENTRY_VALUE]);
        });
    }

    private interface Field {
        void of(int number, ByteBuffer body);
    }

    private void fields(ByteBuffer in, Field each) {
        while (in.hasRemaining()) {
            long tag = varint(in);
            int number = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case VARINT -> varint(in);
                case FIXED64 -> in.position(in.position() + 8);
                case FIXED32 -> in.position(in.position() + 4);
                case BYTES -> {
                    long length = varint(in);
                    if (length < 0 || length > in.remaining()) {
                        throw new IllegalArgumentException(
                                "a field of " + length + " bytes where " + in.remaining() + " are left");
                    }
                    each.of(number, in.slice(in.position(), (int) length));
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
