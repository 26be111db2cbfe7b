package io.sampler4j.model.codec;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.stage.Encoder;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.model.NetworkSpec;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.Port;
import io.sampler4j.onnx.Slot;
import io.sampler4j.tensor.ArrayTensor;
import java.util.Map;

/**
 * Pixels to codes, over a codec's encoder: pictures of its own size and larger ones, tile by tile where the network takes
 * no larger ones. Confined to one thread.
 */
public final class PictureEncoder implements Encoder<Canvas>, AutoCloseable {
    /** Rows or columns of codes that one call gives where the network would give any. */
    private static final int MOST = 64;

    private final Codec codec;
    private final NetworkSpec names;
    private final int rows;
    private final int columns;
    private final Cancellation cancellation;
    private final Tiles down;
    private final Tiles across;
    private final Slot slot;
    private final ArrayTensor tile;

    /**
     * For pictures of so many pixels.
     *
     * @param network a lease of the codec's encoder, which stays the caller's
     * @throws RefusedException if it cannot take them, with the nearest that it can
     */
    public PictureEncoder(Codec codec, Network network, int height, int width, Cancellation cancellation) {
        codec.checkPicture(height, width);
        this.codec = codec;
        this.cancellation = cancellation;
        rows = height / codec.side();
        columns = width / codec.side();
        names = codec.encoder();
        Port in = network.signature().input(names.inputs().get("x")).orElseThrow();
        down = Tiles.parted(rows, window(in, 2, rows, codec.rows()), codec.reach(), 1);
        across = Tiles.parted(columns, window(in, 3, columns, codec.columns()), codec.reach(), 1);
        int h = down.window(), w = across.window();
        long[] shape =
                codec.codebook().map(b -> new long[] {1, b.channels(), h, w}).orElse(new long[] {1, h, w});
        slot = network.slot(
                Map.of(names.inputs().get("x"), new long[] {1, codec.channels(), h * codec.side(), w * codec.side()}),
                Map.of(output(), shape));
        tile = ArrayTensor.zeros(1, codec.picture(h, w).size());
    }

    private static int window(Port port, int dimension, int size, int own) {
        boolean fixed = port.dims().get(dimension).matches("\\d+");
        return fixed ? own : Math.min(size, Math.max(own, MOST));
    }

    private String output() {
        return names.outputs().get(codec.codebook().isPresent() ? "latent" : "ids");
    }

    /** Rows of codes of a picture. */
    public int rows() {
        return rows;
    }

    /** Columns of codes of a picture. */
    public int columns() {
        return columns;
    }

    /** Calls of the network for each picture: more than one where it is tiled. */
    public int calls() {
        return down.count() * across.count();
    }

    @Override
    public void encode(Tensor pixels, Canvas into) {
        int[] codes = encode(pixels);
        if (into.length() != codes.length) {
            throw new RefusedException(
                    "a picture has " + codes.length + " codes, and the canvas has room for " + into.length());
        }
        for (int i = 0; i < codes.length; i++) into.settle(i, codes[i], 1);
    }

    /** The codes of one picture, raster order. */
    public int[] encode(Tensor pixels) {
        float[] all = new float[pixels.size()];
        pixels.read(all);
        int[] codes = new int[rows * columns];
        int h = down.window(), w = across.window();
        for (int i = 0; i < down.count(); i++) {
            for (int j = 0; j < across.count(); j++) {
                long[] found = call(all, down.start(i), across.start(j));
                for (int y = 0; y < h; y++) {
                    for (int x = 0; x < w; x++) {
                        if (down.weights(i)[y] * across.weights(j)[x] == 0) continue;
                        codes[(down.start(i) + y) * columns + across.start(j) + x] = Math.toIntExact(found[y * w + x]);
                    }
                }
            }
        }
        codec.checkCodes(codes, rows, columns);
        return codes;
    }

    private long[] call(float[] all, int top, int left) {
        int h = down.window(), w = across.window(), side = codec.side(), width = columns * side;
        for (int c = 0, at = 0; c < codec.channels(); c++) {
            for (int y = 0; y < h * side; y++, at += w * side) {
                int from = (c * rows * side + top * side + y) * width + left * side;
                System.arraycopy(all, from, tile.values(), at, w * side);
            }
        }
        slot.state(names.inputs().get("x"), 0, tile);
        slot.run(cancellation);
        long[] codes = new long[h * w];
        if (codec.codebook().isPresent()) {
            Codebook book = codec.codebook().get();
            float[] latent = new float[book.channels() * h * w];
            slot.read(output(), 0, 0, latent);
            book.nearest(latent, 0, h * w, codes, 0);
        } else {
            slot.ids(output(), 0, codes);
        }
        return codes;
    }

    /** Frees the buffers; the network is its lender's. */
    @Override
    public void close() {
        slot.close();
    }
}
