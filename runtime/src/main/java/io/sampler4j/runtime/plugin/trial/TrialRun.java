package io.sampler4j.runtime.plugin.trial;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.tensor.ArrayTensor;
import java.util.SplittableRandom;

/** A run that looks at the state after every step, and draws from one generator. */
final class TrialRun implements TensorRun, Noise {
    private static final int SAMPLES = 2, EACH = 16;

    private final SplittableRandom random = new SplittableRandom(1);
    private int steps;

    /** Standard normals times {@code scale}: two samples of a few elements. */
    LentTensor start(double scale, Witness witness) {
        LentTensor x = LentTensor.of(ArrayTensor.zeros(SAMPLES, EACH), witness);
        normal(x);
        x.set(scale, x);
        return x;
    }

    /** Steps reported. */
    int steps() {
        return steps;
    }

    @Override
    public Noise noise() {
        return this;
    }

    @Override
    public void step(int i, Tensor x) {
        steps++;
        requireFinite(x, "its state is not finite after step " + i + " (from 0)");
    }

    @Override
    public void normal(Tensor out) {
        float[] drawn = new float[out.size()];
        for (int i = 0; i < drawn.length; i++) drawn[i] = (float) random.nextGaussian();
        out.write(drawn);
    }

    @Override
    public void uniform(Tensor out) {
        float[] drawn = new float[out.size()];
        for (int i = 0; i < drawn.length; i++) drawn[i] = (float) random.nextDouble(Float.MIN_VALUE, 1);
        out.write(drawn);
    }

    static void requireFinite(Tensor x, String otherwise) {
        float[] values = new float[x.size()];
        x.read(values);
        for (float v : values) {
            if (Float.isFinite(v)) continue;
            throw new BrokenException(
                    otherwise + ": it holds " + v + ", where every answer of the model is finite",
                    "look for a division by zero at the ends of the grid, where alpha or sigma is 0");
        }
    }
}
