package io.sampler4j.api.testing;

import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import java.util.SplittableRandom;
import org.apiguardian.api.API;

/** A canvas and its run: uniforms are keyed by (seed, step, position, lane). */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class TestCanvas implements Canvas, CanvasRun {
    private final int[] ids;
    private final boolean[] open;
    private final int mask;
    private final long seed;
    private int step;

    /** A canvas whose masked ids are open. */
    public TestCanvas(int mask, long seed, int... ids) {
        this.mask = mask;
        this.seed = seed;
        this.ids = ids.clone();
        open = new boolean[ids.length];
        for (int i = 0; i < ids.length; i++) open[i] = ids[i] == mask;
    }

    /** The ids now, as a new array. */
    public int[] ids() {
        return ids.clone();
    }

    @Override
    public double uniform(int step, int position, int lane) {
        long key = ((seed * 1009 + step) * 1013 + position) * 7 + lane;
        return new SplittableRandom(key * 0x9E3779B97F4A7C15L).nextDouble(Double.MIN_VALUE, 1);
    }

    @Override
    public void step(int i, Canvas x) {
        step++;
    }

    @Override
    public int length() {
        return ids.length;
    }

    @Override
    public int id(int position) {
        return ids[position];
    }

    @Override
    public boolean masked(int position) {
        return ids[position] == mask;
    }

    @Override
    public boolean open(int position) {
        return open[position];
    }

    @Override
    public int step() {
        return step;
    }

    @Override
    public void settle(int position, int token, double probability) {
        if (!open[position]) throw new IllegalArgumentException("position " + position + " was given");
        ids[position] = token;
    }

    @Override
    public void remask(int position) {
        ids[position] = mask;
    }

    @Override
    public void focus(int from, int to) {}
}
