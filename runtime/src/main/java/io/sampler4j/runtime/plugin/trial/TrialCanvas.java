package io.sampler4j.runtime.plugin.trial;

import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.model.tokens.Uniforms;

/** A canvas of which the first positions are given, with its run. It takes no token where none belongs. */
final class TrialCanvas implements Canvas, CanvasRun {
    static final int LENGTH = 8, GIVEN = 2;
    private static final String REMEDY = "settle positions of Rows only: they are those that are open";

    private final int[] ids = new int[LENGTH];
    private final boolean[] masked = new boolean[LENGTH];
    private int step;

    /** @param filled whether all tokens are there already, to be scored */
    TrialCanvas(boolean filled) {
        for (int p = 0; p < LENGTH; p++) {
            masked[p] = p >= GIVEN && !filled;
            ids[p] = masked[p] ? UniformModel.MASK : p;
        }
    }

    /** Steps reported. */
    int steps() {
        return step;
    }

    int masked() {
        int n = 0;
        for (boolean m : masked) if (m) n++;
        return n;
    }

    private void requireOpen(int position, String does) {
        if (position < 0 || position >= LENGTH) {
            throw new BrokenException(
                    "it " + does + " position " + position + " of a canvas that ends at " + (LENGTH - 1), REMEDY);
        }
        if (position < GIVEN) {
            throw new BrokenException("it " + does + " position " + position + ", which was given", REMEDY);
        }
    }

    @Override
    public int length() {
        return LENGTH;
    }

    @Override
    public int id(int position) {
        return ids[position];
    }

    @Override
    public boolean masked(int position) {
        return masked[position];
    }

    @Override
    public boolean open(int position) {
        return position >= GIVEN;
    }

    @Override
    public int step() {
        return step;
    }

    @Override
    public void settle(int position, int token, double probability) {
        requireOpen(position, "settles");
        if (token < 0 || token >= UniformModel.SIZE) {
            throw new BrokenException(
                    "it settles the token " + token + ", and the vocabulary has " + UniformModel.SIZE,
                    "settle what Rows answers");
        }
        ids[position] = token;
        masked[position] = false;
    }

    @Override
    public void remask(int position) {
        requireOpen(position, "masks");
        ids[position] = UniformModel.MASK;
        masked[position] = true;
    }

    @Override
    public void focus(int from, int to) {
        if (from < 0 || to > LENGTH || from > to) {
            throw new BrokenException(
                    "it asks about positions from " + from + " to " + to + " of a canvas of " + LENGTH, REMEDY);
        }
    }

    @Override
    public double uniform(int step, int position, int lane) {
        return Uniforms.of(1, step, position, lane);
    }

    @Override
    public void step(int i, Canvas x) {
        step++;
    }
}
