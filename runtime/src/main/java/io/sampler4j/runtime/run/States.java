package io.sampler4j.runtime.run;

import io.sampler4j.api.Tensor;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.tensor.ArrayTensor;
import java.util.List;

/** The states of a run along its path, [kept, count, ...]. Parts write their own samples from their own threads. */
final class States {
    private static final int MOST_FRAMES = 60;

    private final float[] values;
    private final int[] keptAt;
    private final int count;
    private final List<Integer> shape;
    private final int elements;

    /**
     * Keeps the start and every {@code stride}-th step, and the last.
     *
     * @param steps steps of the run; state 0 is the start, state i that after step i - 1
     */
    States(int steps, int stride, int count, List<Integer> shape) {
        this.count = count;
        this.shape = shape;
        elements = shape.stream().reduce(1, Math::multiplyExact);
        keptAt = new int[steps + 1];
        int kept = 0;
        for (int i = 0; i <= steps; i++) keptAt[i] = i % stride == 0 || i == steps ? kept++ : -1;
        values = new float[Math.multiplyExact(Math.multiplyExact(kept, count), elements)];
    }

    /** For a moving picture: as many as make no larger a file for no better a picture. */
    static States few(int steps, int count, List<Integer> shape) {
        return new States(steps, Math.max(1, (steps + MOST_FRAMES - 1) / MOST_FRAMES), count, shape);
    }

    void put(int state, int firstSample, Tensor x, double scale) {
        int frame = keptAt[state];
        if (frame < 0) return;
        float[] v = ((ArrayTensor) x).values();
        int at = (frame * count + firstSample) * elements;
        float s = (float) scale;
        for (int i = 0; i < v.length; i++) values[at + i] = s * v[i];
    }

    /** Whether this state is one of those kept. */
    boolean keeps(int state) {
        return keptAt[state] >= 0;
    }

    int frames() {
        return values.length / (count * elements);
    }

    /** Samples in each. */
    int count() {
        return count;
    }

    /** All of them as [kept, count, ...]. */
    Npy npy() {
        int[] dims = new int[shape.size() + 2];
        dims[0] = frames();
        dims[1] = count;
        for (int i = 0; i < shape.size(); i++) dims[i + 2] = shape.get(i);
        return new Npy(dims, values);
    }

    /** Frame k, [count, ...]. */
    float[] frame(int k) {
        int n = count * elements;
        return java.util.Arrays.copyOfRange(values, k * n, (k + 1) * n);
    }
}
