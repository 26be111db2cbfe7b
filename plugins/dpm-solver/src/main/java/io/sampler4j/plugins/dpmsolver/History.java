package io.sampler4j.plugins.dpmsolver;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;

/** The last few answers of a run's denoiser, newest first, with where on the axis of integration each was given. */
final class History {
    private final Estimate[] estimates;
    private final double[] places;
    private int size;

    /** Room for some answers about an x of this shape. */
    History(Denoiser D, Tensor x, int room) {
        estimates = new Estimate[room];
        for (int i = 0; i < room; i++) estimates[i] = D.estimate(x);
        places = new double[room];
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

    /** Answer i, 0 the newest. */
    Estimate at(int i) {
        return estimates[i];
    }

    /** The places of the newest {@code most} answers, or of fewer where there are fewer at finite places, less an origin. */
    double[] nodes(int most, double origin) {
        int n = 0;
        while (n < Math.min(most, size) && Double.isFinite(places[n])) n++;
        double[] nodes = new double[Math.max(n, 1)];
        for (int i = 0; i < n; i++) nodes[i] = places[i] - origin;
        return nodes;
    }
}
