package io.sampler4j.plugins.schedules;

import io.sampler4j.api.plugin.Options;

/**
 * n indices evenly from N - 1 to 0. {@code ddim}: rounded, halves to even. {@code sigma}: not rounded, but to the
 * float32 that the network is told; the level between two indices is linear in sigma/alpha. {@code lambda}: n + 1
 * rounded indices, of which the last, 0, is left out.
 */
final class Linspace extends Spacing {
    private final String family;

    Linspace(Options o) {
        super("linspace", o.get(End.OPTION));
        family = o.get(Family.OPTION);
    }

    @Override
    double[] indices(int N, int n) {
        int intervals = family.equals("lambda") ? n : n - 1;
        double spacing = (N - 1.0) / intervals;
        double[] t = new double[n];
        for (int i = 0; i < n; i++) {
            double at = i == 0 ? N - 1 : (intervals - i) * spacing;
            t[i] = family.equals("sigma") ? (float) at : Math.rint(at);
        }
        return t;
    }

    @Override
    int fewest() {
        return family.equals("lambda") ? 1 : 2;
    }

    @Override
    int most(int N) {
        return family.equals("lambda") ? N - 1 : N;
    }
}
