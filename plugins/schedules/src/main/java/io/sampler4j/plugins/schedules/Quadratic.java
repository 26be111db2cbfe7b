package io.sampler4j.plugins.schedules;

import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * t_k = floor((k sqrt(0.8 N) / (n - 1))^2) + offset for k = n - 1, ..., 0 (Song et al. 2021, appendix D.2: tau_i =
 * floor(c i^2), with c such that the last is close to 0.8 N). DDIM's own code counts training steps from 0 and takes
 * these numbers as they are; latent diffusion adds 1 to them: offset 0 and 1.
 *
 * <p>At many steps the squares of the smallest k fall on the same index, and the reference then steps from a level to
 * itself. Here an index that is taken moves to the next free one, so that every step changes the level; where the
 * reference repeats nothing, the numbers are its own.
 */
final class Quadratic extends Spacing {
    static final Option<Integer> OFFSET =
            Option.whole("offset", 0, 0, Integer.MAX_VALUE, "added to every index; 1 for latent diffusion");

    private final int offset;

    Quadratic(Options o) {
        super("quadratic", o.get(End.OPTION));
        offset = o.get(OFFSET);
    }

    @Override
    double[] indices(int N, int n) {
        double spacing = Math.sqrt(0.8 * N) / (n - 1);
        double[] t = new double[n];
        double free = 0;
        for (int k = 0; k < n; k++) {
            double square = Math.floor(k * spacing * (k * spacing));
            t[n - 1 - k] = Math.max(square, free) + offset;
            free = Math.max(square, free) + 1;
        }
        return t;
    }

    @Override
    int fewest() {
        return 2;
    }

    @Override
    int most(int N) {
        return N;
    }

    @Override
    int offset() {
        return offset;
    }
}
