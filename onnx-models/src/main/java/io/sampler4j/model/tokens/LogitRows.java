package io.sampler4j.model.tokens;

import io.sampler4j.onnx.Slot;
import java.util.Arrays;

/**
 * The logits of a call, row by row, block by block, as they are to be judged: guided where a call was, with what is
 * never answered at minus infinity. Nothing is written back. Read by several workers at once.
 */
final class LogitRows {
    private final Slot.Values values;
    private final int width;
    private final int vocabulary;
    private final double scale;
    private final int[] never;
    private final int[] neverFirst;

    /**
     * @param width logits of a row
     * @param vocabulary how many of them, from the first on, may be answered
     * @param scale of the guidance; 1 is off, and then {@code other} of {@link Row} is not read
     * @param never ids never answered, rising
     * @param neverFirst ids not answered at the first open position either, rising, the others included
     */
    LogitRows(Slot.Values values, int width, int vocabulary, double scale, int[] never, int[] neverFirst) {
        this.values = values;
        this.width = width;
        this.vocabulary = vocabulary;
        this.scale = scale;
        this.never = never;
        this.neverFirst = neverFirst;
    }

    int vocabulary() {
        return vocabulary;
    }

    /** Copies ids [first, first + n) of a row to the front of {@code into}; {@code spare} is as long. */
    void copy(int row, int other, boolean atFirst, int first, int n, float[] into, float[] spare) {
        values.copy(row * width + first, into, n);
        if (scale != 1) {
            values.copy(other * width + first, spare, n);
            guide(into, spare, n, (float) scale);
        }
        int[] hidden = atFirst ? neverFirst : never;
        int i = Arrays.binarySearch(hidden, first);
        for (i = i < 0 ? -i - 1 : i; i < hidden.length && hidden[i] < first + n; i++) {
            into[hidden[i] - first] = Float.NEGATIVE_INFINITY;
        }
    }

    /** l = lu + scale (lc - lu): with scale = w + 1, LLaDA's (Nie et al. 2025, equation 16). */
    private static void guide(float[] conditional, float[] unconditional, int n, float scale) {
        for (int i = 0; i < n; i++) {
            conditional[i] = unconditional[i] + scale * (conditional[i] - unconditional[i]);
        }
    }

    /** The logit of one id. */
    float at(int row, int other, boolean atFirst, int id) {
        boolean hidden = id < 0 || id >= vocabulary || Arrays.binarySearch(atFirst ? neverFirst : never, id) >= 0;
        if (hidden) return Float.NEGATIVE_INFINITY;
        float c = values.at(row * width + id);
        if (scale == 1) return c;
        float u = values.at(other * width + id);
        return u + (float) scale * (c - u);
    }
}
