package io.sampler4j.plugins.schedules;

import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * t_k = k (N div n) + offset for k = n - 1, ..., 0; in the family {@code lambda} t_k = k (N div (n + 1)) + offset for
 * k = n, ..., 1. Never reaches the noisiest levels unless n divides N and the offset lifts it there; {@code trailing}
 * does.
 */
final class Leading extends Spacing {
    static final Option<Integer> OFFSET = Option.whole(
            "offset", 0, 0, Integer.MAX_VALUE, "added to every index; 1 for Stable Diffusion (steps_offset)");

    private final boolean lambda;
    private final int offset;

    Leading(Options o) {
        super("leading", o.get(End.OPTION));
        lambda = o.get(Family.OPTION).equals("lambda");
        offset = o.get(OFFSET);
    }

    @Override
    double[] indices(int N, int n) {
        int spacing = lambda ? N / (n + 1) : N / n;
        double[] t = new double[n];
        for (int i = 0; i < n; i++) t[i] = (double) spacing * (lambda ? n - i : n - 1 - i) + offset;
        return t;
    }

    @Override
    int fewest() {
        return lambda ? 1 : 2;
    }

    @Override
    int most(int N) {
        return lambda ? N - 1 : N;
    }

    @Override
    int offset() {
        return offset;
    }
}
