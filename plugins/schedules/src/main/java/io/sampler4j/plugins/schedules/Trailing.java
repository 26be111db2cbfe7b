package io.sampler4j.plugins.schedules;

import io.sampler4j.api.plugin.Options;

/** t_k = round(N - k N/n) - 1 for k = 0, ..., n - 1, halves to even; the same in all families. */
final class Trailing extends Spacing {
    Trailing(Options o) {
        super("trailing", o.get(End.OPTION));
    }

    @Override
    double[] indices(int N, int n) {
        double[] t = new double[n];
        for (int k = 0; k < n; k++) t[k] = Math.rint(N - k * ((double) N / n)) - 1;
        return t;
    }

    @Override
    int fewest() {
        return 1;
    }

    @Override
    int most(int N) {
        return N;
    }
}
