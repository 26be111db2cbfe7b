package io.sampler4j.model.codec;

import java.util.Arrays;

/**
 * How an axis is covered by windows of one length, and how much each contributes to every place. With a known reach each
 * place is taken from one window, in which all that it depends on lies: what is put together equals the whole. Without,
 * windows overlap by half and fade into one another. Immutable.
 */
final class Tiles {
    private final int window;
    private final int[] starts;
    private final float[][] weights;

    private Tiles(int window, int[] starts, float[][] weights) {
        this.window = window;
        this.starts = starts;
        this.weights = weights;
    }

    /**
     * For pixels, which can be blended.
     *
     * @param size of the axis, in codes
     * @param window in codes, no larger than the axis
     * @param reach in codes; below 0 where unknown
     * @param side pixels of a code
     */
    static Tiles blended(int size, int window, int reach, int side) {
        if (reach >= 0 && window > 2 * reach) return parted(size, window, reach, side);
        int[] starts = starts(size, window, window - window / 2);
        float[][] weights = new float[starts.length][window * side];
        int fade = window / 2 * side;
        for (int t = 0; t < starts.length; t++) {
            for (int p = 0; p < weights[t].length; p++) {
                float rise = t == 0 ? 1 : (p + .5f) / fade;
                float fall = t == starts.length - 1 ? 1 : (weights[t].length - p - .5f) / fade;
                weights[t][p] = Math.min(1, Math.min(rise, fall));
            }
        }
        normalise(starts, weights, size * side, side);
        return new Tiles(window, starts, weights);
    }

    /** For codes, which cannot: each place is taken from the window in which it lies deepest. */
    static Tiles parted(int size, int window, int reach, int side) {
        int margin = reach >= 0 && window > 2 * reach ? reach : window / 4;
        int[] starts = starts(size, window, Math.max(1, window - 2 * margin));
        float[][] weights = new float[starts.length][window * side];
        for (int t = 0; t < starts.length; t++) {
            int from = t == 0 ? 0 : middle(starts, window, t) - starts[t];
            int to = t == starts.length - 1 ? window : middle(starts, window, t + 1) - starts[t];
            Arrays.fill(weights[t], from * side, to * side, 1);
        }
        return new Tiles(window, starts, weights);
    }

    /** The middle of what window t shares with the one before. */
    private static int middle(int[] starts, int window, int t) {
        return (starts[t - 1] + window + starts[t] + 1) / 2;
    }

    private static int[] starts(int size, int window, int step) {
        int count = size <= window ? 1 : (size - window + step - 1) / step + 1;
        int[] starts = new int[count];
        for (int t = 0; t < count; t++) starts[t] = Math.min(t * step, size - window);
        return starts;
    }

    private static void normalise(int[] starts, float[][] weights, int pixels, int side) {
        float[] sum = new float[pixels];
        for (int t = 0; t < starts.length; t++) {
            for (int p = 0; p < weights[t].length; p++) sum[starts[t] * side + p] += weights[t][p];
        }
        for (int t = 0; t < starts.length; t++) {
            for (int p = 0; p < weights[t].length; p++) weights[t][p] /= sum[starts[t] * side + p];
        }
    }

    int count() {
        return starts.length;
    }

    int window() {
        return window;
    }

    /** Where window t begins, in codes. */
    int start(int t) {
        return starts[t];
    }

    /** What window t contributes to each of its places; over all windows these sum to 1 at every place. */
    float[] weights(int t) {
        return weights[t];
    }
}
