package io.sampler4j.model.codec;

import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** The vectors of a codec's codes. Immutable and thread-safe. */
final class Codebook {
    private final int channels;
    private final float[] vectors;
    private final double[] squares;

    /** @throws RefusedException if the file does not hold so many vectors of one length, little-endian float32 */
    Codebook(Path file, int codes) {
        ByteBuffer bytes = read(file);
        int floats = bytes.capacity() / Float.BYTES;
        if (floats == 0 || bytes.capacity() % Float.BYTES != 0 || floats % codes != 0) {
            throw new RefusedException(file + " has " + bytes.capacity() + " bytes, which are not " + codes
                    + " vectors of float32 and of one length: write them little-endian, code by code");
        }
        channels = floats / codes;
        vectors = new float[floats];
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vectors);
        squares = new double[codes];
        for (int i = 0; i < floats; i++) squares[i / channels] += (double) vectors[i] * vectors[i];
    }

    private static ByteBuffer read(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new RefusedException("cannot read the codebook " + file + ": " + e.getMessage(), e);
        }
    }

    int channels() {
        return channels;
    }

    /** Writes the vectors of codes as a latent [channels, codes.length]. */
    void look(int[] codes, float[] latent, int at) {
        for (int i = 0; i < codes.length; i++) {
            for (int c = 0; c < channels; c++) latent[at + c * codes.length + i] = vectors[codes[i] * channels + c];
        }
    }

    /** The nearest code of each place of a latent [channels, count], by |e|^2 - 2 z e; ties to the lower code. */
    void nearest(float[] latent, int at, int count, long[] codes, int into) {
        for (int i = 0; i < count; i++) {
            double least = Double.POSITIVE_INFINITY;
            for (int k = 0; k < squares.length; k++) {
                double d = squares[k];
                for (int c = 0; c < channels; c++) d -= 2.0 * latent[at + c * count + i] * vectors[k * channels + c];
                if (d < least) {
                    least = d;
                    codes[into + i] = k;
                }
            }
        }
    }
}
