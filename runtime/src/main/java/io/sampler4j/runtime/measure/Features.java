package io.sampler4j.runtime.measure;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.output.Npy;

/**
 * What a network sees in each of some samples: one vector each. Immutable if its array is left alone.
 *
 * @param values [count, dimension], row-major; not copied
 * @param dimension elements of one
 */
public record Features(float[] values, int dimension) {
    /** @throws IllegalArgumentException if the values are no whole rows */
    public Features {
        if (dimension < 1 || values.length % dimension != 0) {
            throw new IllegalArgumentException(values.length + " values are no rows of " + dimension);
        }
    }

    /**
     * Of an array.
     *
     * @param what it is, for the message
     * @throws RefusedException if it is not [n, d]
     */
    public static Features of(Npy array, String what) {
        if (array.shape().length != 2) {
            throw new RefusedException(
                    what + " must have the shape [n, d], and has " + java.util.Arrays.toString(array.shape()));
        }
        return new Features(array.values(), array.shape()[1]);
    }

    /** How many. */
    public int count() {
        return values.length / dimension;
    }

    /** Element k of row i. */
    double at(int i, int k) {
        return values[i * dimension + k];
    }

    /** Rows first, first + step, ..., at most {@code most} of them. */
    public Features every(int step, int first, int most) {
        int n = Math.min(most, (count() - first + step - 1) / step);
        float[] some = new float[n * dimension];
        for (int i = 0; i < n; i++) {
            System.arraycopy(values, (first + i * step) * dimension, some, i * dimension, dimension);
        }
        return new Features(some, dimension);
    }

    /** At most {@code most} rows, from all over: where rows are sorted by class, every class has its share. */
    public Features spread(int most) {
        int n = Math.min(most, count());
        float[] some = new float[n * dimension];
        for (int i = 0; i < n; i++) {
            int row = (int) ((long) i * count() / n);
            System.arraycopy(values, row * dimension, some, i * dimension, dimension);
        }
        return new Features(some, dimension);
    }

    /** Both must be of one network. */
    static void requireSame(Features a, Features b, int fewest) {
        if (a.dimension != b.dimension) {
            throw new IllegalArgumentException("features of " + a.dimension + " and of " + b.dimension + " elements");
        }
        if (a.count() < fewest || b.count() < fewest) {
            throw new RefusedException("a distance between " + a.count() + " and " + b.count()
                    + " samples has no meaning: each side needs at least " + fewest);
        }
    }
}
