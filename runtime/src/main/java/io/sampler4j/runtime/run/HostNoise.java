package io.sampler4j.runtime.run;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.random.RandomSource;
import io.sampler4j.runtime.random.RandomStream;

/**
 * The draws of one part of a run: one stream per sample, or one over all of them, or recorded draws in place of normals.
 * Confined to one thread.
 */
final class HostNoise implements Noise {
    private static final float LEAST = 0x1p-25f;
    private static final float MOST = 1 - 0x1p-24f;

    private final RandomStream[] streams;
    private final Npy recorded;
    private final int first;
    private final int count;
    private float[] buffer = new float[0];
    private int draws;

    private HostNoise(RandomStream[] streams, Npy recorded, int first, int count) {
        this.streams = streams;
        this.recorded = recorded;
        this.first = first;
        this.count = count;
    }

    /** Samples first to first + samples - 1 of a run of {@code count}, each from its own generator. */
    static HostNoise perSample(RandomSource source, long seed, int first, int samples, int count, Npy recorded) {
        RandomStream[] streams = new RandomStream[samples];
        for (int i = 0; i < samples; i++) streams[i] = source.stream(seed + first + i);
        return new HostNoise(streams, recorded, first, count);
    }

    /** One stream over the whole batch. */
    static HostNoise overBatch(RandomSource source, long seed, int count, Npy recorded) {
        return new HostNoise(new RandomStream[] {source.stream(seed)}, recorded, 0, count);
    }

    @Override
    public void normal(Tensor out) {
        if (recorded != null) {
            replay(out);
            return;
        }
        fill(out, true);
    }

    @Override
    public void uniform(Tensor out) {
        float[] values = fill(out, false);
        // The references' sources may give an end of the interval, where a logarithm would be infinite.
        for (int i = 0; i < values.length; i++) values[i] = Math.min(Math.max(values[i], LEAST), MOST);
        out.write(values);
    }

    /** Normals from the streams, whatever is recorded: the noise that a run starts from. */
    void start(Tensor out) {
        fill(out, true);
    }

    private float[] fill(Tensor out, boolean normal) {
        float[] values = buffer(out);
        int n = values.length / streams.length;
        for (int i = 0; i < streams.length; i++) {
            if (normal) streams[i].normal(values, i * n, (i + 1) * n);
            else streams[i].uniform(values, i * n, (i + 1) * n);
        }
        out.write(values);
        return values;
    }

    private void replay(Tensor out) {
        int recordedDraws = recorded.shape()[0];
        if (draws >= recordedDraws) {
            throw new RefusedException("the step noise holds " + recordedDraws
                    + " draws, and the sampler asks for one more: give one [count, ...] block for every draw");
        }
        float[] values = buffer(out);
        int perDraw = recorded.values().length / recordedDraws;
        int perSample = perDraw / count;
        System.arraycopy(recorded.values(), draws * perDraw + first * perSample, values, 0, values.length);
        out.write(values);
        draws++;
    }

    private float[] buffer(Tensor out) {
        if (buffer.length != out.size()) buffer = new float[out.size()];
        return buffer;
    }
}
