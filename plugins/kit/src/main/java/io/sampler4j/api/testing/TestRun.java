package io.sampler4j.api.testing;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.apiguardian.api.API;

/** A run that draws for sample i from a generator seeded s + i, and remembers what it was told. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class TestRun implements TensorRun, Noise {
    private final long seed;
    private final List<Integer> steps = new ArrayList<>();
    private SplittableRandom[] streams = new SplittableRandom[0];
    private int draws;

    /** A run with this seed. */
    public TestRun(long seed) {
        this.seed = seed;
    }

    /** The steps reported, in order. */
    public List<Integer> steps() {
        return List.copyOf(steps);
    }

    /** Tensors of noise drawn so far. */
    public int draws() {
        return draws;
    }

    @Override
    public Noise noise() {
        return this;
    }

    @Override
    public void step(int i, Tensor x) {
        steps.add(i);
    }

    @Override
    public void normal(Tensor out) {
        fill(out, true);
    }

    @Override
    public void uniform(Tensor out) {
        fill(out, false);
    }

    private void fill(Tensor out, boolean normal) {
        if (streams.length == 0) {
            streams = new SplittableRandom[out.samples()];
            for (int i = 0; i < streams.length; i++) streams[i] = new SplittableRandom(seed + i);
        }
        float[] drawn = new float[out.size()];
        int each = out.size() / out.samples();
        for (int i = 0; i < drawn.length; i++) {
            SplittableRandom stream = streams[i / each];
            DoubleSupplier next = normal ? stream::nextGaussian : () -> stream.nextDouble(Double.MIN_VALUE, 1);
            drawn[i] = (float) next.getAsDouble();
        }
        out.write(drawn);
        draws++;
    }
}
