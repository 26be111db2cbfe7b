package io.sampler4j.model.codec;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.stage.Decoder;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.model.NetworkSpec;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.Port;
import io.sampler4j.onnx.Slot;
import io.sampler4j.tensor.ArrayTensor;
import java.util.List;
import java.util.Map;

/**
 * Codes to pixels, over a codec's decoder: pictures of its own size and larger ones, tile by tile where the network takes
 * no larger ones. Confined to one thread.
 */
public final class PictureDecoder implements Decoder<Canvas>, AutoCloseable {
    /** Rows or columns of codes that one call takes where the network would take any. */
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
     * For pictures of so many codes.
     *
     * @param network a lease of the codec's decoder, which stays the caller's
     * @throws RefusedException if they are fewer than it takes
     */
    public PictureDecoder(Codec codec, Network network, int rows, int columns, Cancellation cancellation) {
        codec.checkCodes(new int[0], rows, columns);
        this.codec = codec;
        this.rows = rows;
        this.columns = columns;
        this.cancellation = cancellation;
        names = codec.decoder();
        Port in = network.signature().input(input()).orElseThrow();
        int last = in.dims().size() - 1;
        down = Tiles.blended(rows, window(in, last - 1, rows, codec.rows()), codec.reach(), codec.side());
        across = Tiles.blended(columns, window(in, last, columns, codec.columns()), codec.reach(), codec.side());
        int h = down.window(), w = across.window();
        long[] shape =
                codec.codebook().map(b -> new long[] {1, b.channels(), h, w}).orElse(new long[] {1, h, w});
        slot = network.slot(Map.of(input(), shape), Map.of(output(), new long[] {
            1, codec.channels(), h * codec.side(), w * codec.side()
        }));
        tile = ArrayTensor.zeros(1, codec.picture(h, w).size());
    }

    private static int window(Port port, int dimension, int size, int own) {
        boolean fixed = port.dims().get(dimension).matches("\\d+");
        return fixed ? own : Math.min(size, Math.max(own, MOST));
    }

    private String input() {
        return names.inputs().get(codec.codebook().isPresent() ? "latent" : "ids");
    }

    private String output() {
        return names.outputs().get("x");
    }

    /** Calls of the network for each picture: more than one where it is tiled. */
    public int calls() {
        return down.count() * across.count();
    }

    @Override
    public void decode(Canvas sample, Tensor pixels) {
        int[] codes = new int[sample.length()];
        for (int i = 0; i < codes.length; i++) {
            if (sample.masked(i))
                throw new RefusedException("the code at position " + i + " is masked: nothing to decode");
            codes[i] = sample.id(i);
        }
        decode(List.of(codes), pixels);
    }

    /**
     * Fills the pixels of several pictures.
     *
     * @param codes of each, raster order
     * @throws RefusedException if one is none of the codec's
     */
    public void decode(List<int[]> codes, Tensor pixels) {
        int size = codec.picture(rows, columns).size();
        float[] all = new float[Math.multiplyExact(codes.size(), size)];
        for (int k = 0; k < codes.size(); k++) decode(codes.get(k), all, k * size);
        pixels.write(all);
    }

    private void decode(int[] codes, float[] all, int at) {
        if (codes.length != rows * columns) {
            throw new RefusedException(
                    "there are " + codes.length + " codes for a picture of " + rows + "x" + columns + " of them");
        }
        codec.checkCodes(codes, rows, columns);
        int h = down.window(), w = across.window(), side = codec.side();
        int[] part = new int[h * w];
        for (int i = 0; i < down.count(); i++) {
            for (int j = 0; j < across.count(); j++) {
                for (int y = 0; y < h; y++) {
                    System.arraycopy(codes, (down.start(i) + y) * columns + across.start(j), part, y * w, w);
                }
                call(part);
                add(all, at, down.start(i) * side, across.start(j) * side, down.weights(i), across.weights(j));
            }
        }
    }

    private void call(int[] part) {
        if (codec.codebook().isPresent()) {
            Codebook book = codec.codebook().get();
            float[] latent = new float[book.channels() * part.length];
            book.look(part, latent, 0);
            slot.state(input(), 0, ArrayTensor.over(latent, 1));
        } else {
            slot.ids(input(), 0, part);
        }
        slot.run(cancellation);
        slot.read(output(), 0, 0, tile);
    }

    private void add(float[] all, int at, int top, int left, float[] wy, float[] wx) {
        float[] v = tile.values();
        int width = columns * codec.side(), height = rows * codec.side();
        for (int c = 0, i = 0; c < codec.channels(); c++) {
            for (int y = 0; y < wy.length; y++) {
                int row = at + (c * height + top + y) * width + left;
                for (int x = 0; x < wx.length; x++, i++) {
                    float weight = wy[y] * wx[x];
                    if (weight > 0) all[row + x] += weight * v[i];
                }
            }
        }
    }

    /** Frees the buffers; the network is its lender's. */
    @Override
    public void close() {
        slot.close();
    }
}
