package io.sampler4j.plugins.solvers;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;

/** The last few answers of a run's denoiser, newest first, with where each was given. */
final class Past {
    private final Estimate[] estimates;
    private final double[] places;
    private int size;

    Past(Denoiser D, Tensor x, int room) {
        estimates = new Estimate[room];
        for (int i = 0; i < room; i++) estimates[i] = D.estimate(x);
        places = new double[room];
    }

    /** An order is reached, or refused. */
    static void check(String name, int order, NoiseGrid grid, Refusals refuse) {
        refuse.unless(
                order <= grid.steps(),
                "%s with order=%d takes the answers of %d steps together, and this run has %d: take order=%d, or more steps",
                name,
                order,
                order,
                grid.steps(),
                grid.steps());
    }

    /** The newest, to be filled: the oldest's buffers are used again. */
    Estimate push(double place) {
        int last = estimates.length - 1;
        Estimate oldest = estimates[last];
        System.arraycopy(estimates, 0, estimates, 1, last);
        System.arraycopy(places, 0, places, 1, last);
        estimates[0] = oldest;
        places[0] = place;
        size = Math.min(size + 1, estimates.length);
        return oldest;
    }

    /** How many there are. */
    int size() {
        return size;
    }

    /**
     * The weight of each answer in the mean, from {@code from} to {@code to}, of the polynomial through the newest
     * {@code count} of them (Adams and Bashforth, on any steps).
     */
    double[] adams(int count, double from, double to) {
        double h = to - from;
        double[] weights = new double[count];
        for (int j = 0; j < count; j++) {
            double[] c = basis(j, count, from, h);
            for (int n = 0; n < count; n++) weights[j] += c[n] / (n + 1);
        }
        return weights;
    }

    /** The coefficients in u = (place - from) / h, lowest first, of the polynomial that is 1 at answer j, 0 at the others. */
    private double[] basis(int j, int count, double from, double h) {
        double[] c = new double[count];
        c[0] = 1;
        int degree = 0;
        for (int k = 0; k < count; k++) {
            if (k == j) continue;
            double at = (places[k] - from) / h, distance = (places[j] - places[k]) / h;
            degree++;
            for (int n = degree; n > 0; n--) c[n] = (c[n - 1] - at * c[n]) / distance;
            c[0] *= -at / distance;
        }
        return c;
    }

    /** x += h times the weighted eps. */
    void step(Tensor x, double h, double[] weights) {
        for (int j = 0; j < weights.length; j++) x.add(h * weights[j], estimates[j].eps());
    }
}
