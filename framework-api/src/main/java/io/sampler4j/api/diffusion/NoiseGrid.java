package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import java.util.Arrays;
import org.apiguardian.api.API;

/**
 * Noise levels 0..{@link #steps()}, in the order a sampler visits them: from noise to data for sampling, upward for
 * inversion. Immutable.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class NoiseGrid {
    private final Coordinates coordinates;
    private final NoiseLevel[] levels;

    private NoiseGrid(Coordinates coordinates, NoiseLevel[] levels) {
        this.coordinates = coordinates;
        this.levels = levels;
    }

    /**
     * The primary constructor: every named schedule only makes such a list.
     *
     * @param ratios sigma/alpha of each level, at least two, none negative or NaN
     * @throws IllegalArgumentException if there are fewer, or one is no noise level
     */
    public static NoiseGrid of(Coordinates coordinates, double... ratios) {
        if (ratios.length < 2) {
            throw new IllegalArgumentException("a grid has at least two levels, got " + ratios.length);
        }
        return new NoiseGrid(coordinates, at(coordinates, ratios));
    }

    private static NoiseLevel[] at(Coordinates coordinates, double[] ratios) {
        NoiseLevel[] levels = new NoiseLevel[ratios.length];
        for (int i = 0; i < ratios.length; i++) {
            if (!(ratios[i] >= 0)) {
                throw new IllegalArgumentException(
                        "level " + i + " of a grid: sigma/alpha must be 0 or more, got " + ratios[i]);
            }
            levels[i] = coordinates.at(ratios[i]);
        }
        return levels;
    }

    /** Steps, one fewer than levels. */
    public int steps() {
        return levels.length - 1;
    }

    /** Level i, from 0 to {@link #steps()} inclusive. */
    public NoiseLevel at(int i) {
        return levels[i];
    }

    /** alpha of level i. */
    public double alpha(int i) {
        return levels[i].alpha();
    }

    /** sigma of level i. */
    public double sigma(int i) {
        return levels[i].sigma();
    }

    /** ln(alpha/sigma) of level i. */
    public double lambda(int i) {
        return levels[i].lambda();
    }

    /** Where the sampler starts. */
    public NoiseLevel first() {
        return levels[0];
    }

    /** Where it ends. */
    public NoiseLevel last() {
        return levels[levels.length - 1];
    }

    /** Any level, on the grid or between its own, in the grid's coordinates. */
    public NoiseLevel level(double ratio) {
        return coordinates.at(ratio);
    }

    /** The coordinates in which x is while this grid is followed. */
    public Coordinates coordinates() {
        return coordinates;
    }

    /** The same levels with x scaled otherwise. */
    public NoiseGrid in(Coordinates other) {
        return new NoiseGrid(other, at(other, ratios()));
    }

    /** From data to noise: any deterministic sampler on it is an inversion. */
    public NoiseGrid reversed() {
        double[] r = ratios();
        for (int i = 0, j = r.length - 1; i < j; i++, j--) {
            double t = r[i];
            r[i] = r[j];
            r[j] = t;
        }
        return new NoiseGrid(coordinates, at(coordinates, r));
    }

    /** Whether it leads to more noise than it starts from. */
    public boolean ascends() {
        return last().ratio() > first().ratio();
    }

    /** The part from step i on (image to image, resume). From {@link #steps()} it is the end alone, without a step. */
    public NoiseGrid from(int i) {
        if (i < 0 || i > steps()) {
            throw new IllegalArgumentException("a grid of " + steps() + " steps has no step " + i + " to go on from");
        }
        return new NoiseGrid(coordinates, Arrays.copyOfRange(levels, i, levels.length));
    }

    /** sigma/alpha of every level, as a new array. */
    public double[] ratios() {
        double[] r = new double[levels.length];
        for (int i = 0; i < r.length; i++) r[i] = levels[i].ratio();
        return r;
    }
}
