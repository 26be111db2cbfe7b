package io.sampler4j.runtime.run;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.error.DivergedException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.tensor.ArrayTensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntConsumer;

/** One part of such a run: the samples to be filled, and what may be used for it. Confined to a thread. */
final class FlowPart implements TensorRun {
    private final Batching.Part range;
    private final Cancellation stop;
    private final Optional<States> frames;
    private final IntConsumer stepped;
    private final Runnable called;
    private final HostNoise noise;
    private final ArrayTensor x;

    /**
     * @param stepped hears of the number of finished steps
     * @param called hears of each call of a network
     */
    FlowPart(
            PartsPlan plan,
            Batching.Part range,
            Cancellation stop,
            Optional<States> frames,
            IntConsumer stepped,
            Runnable called) {
        this.range = range;
        this.stop = stop;
        this.frames = frames;
        this.stepped = stepped;
        this.called = called;
        noise = plan.basics.noise(range, Optional.empty());
        x = ArrayTensor.zeros(range.samples(), plan.sample().size());
    }

    /** Which of the samples. */
    Batching.Part range() {
        return range;
    }

    /** How many. */
    int samples() {
        return range.samples();
    }

    /** What is filled. */
    ArrayTensor x() {
        return x;
    }

    Cancellation stop() {
        return stop;
    }

    /** To be told of each call of a network. */
    Runnable called() {
        return called;
    }

    /** This part's samples of an array of all, or of one for all. */
    ArrayTensor slice(Npy all) {
        ArrayTensor t = ArrayTensor.zeros(range.samples(), all.values().length / all.shape()[0]);
        Inputs.slice(all, range, t.values());
        return t;
    }

    @Override
    public Noise noise() {
        return noise;
    }

    @Override
    public void step(int i, Tensor state) {
        if (!((ArrayTensor) state).isFinite()) {
            throw new DivergedException(
                    i,
                    "the state is not finite after step " + i + " (from 0): other options of the sampler may hold it");
        }
        keep(i + 1, state);
        stepped.accept(i + 1);
        stop.check();
    }

    /** Keeps a state for a moving picture; 0 is the start. */
    void keep(int state, Tensor t) {
        frames.ifPresent(f -> f.put(state, range.first(), t, 1));
    }

    /** Keeps each of the samples as a state of its own. */
    void keepEach() {
        int each = x.size() / range.samples();
        for (int i = 0; i < range.samples(); i++) {
            float[] one = Arrays.copyOfRange(x.values(), i * each, (i + 1) * each);
            int state = range.first() + i;
            frames.ifPresent(f -> f.put(state, 0, ArrayTensor.over(one, 1), 1));
        }
    }
}
