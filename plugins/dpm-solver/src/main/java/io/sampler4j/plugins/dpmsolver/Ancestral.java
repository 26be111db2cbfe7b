package io.sampler4j.plugins.dpmsolver;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.plugin.Options;

/**
 * A step's noise in VE coordinates, as in DDPM's posterior (Ho et al. 2020, equation 7) times eta: sigma of the noise put
 * back, and the level below the next to which the deterministic part goes.
 */
final class Ancestral {
    private final double eta;
    /** Standard deviation of what is drawn. */
    final double noise;

    Ancestral(Options o) {
        eta = o.get(DpmSolvers.ETA);
        noise = o.get(DpmSolvers.NOISE);
    }

    void check(String name, NoiseGrid grid, Refusals refuse) {
        Ends.check(name, grid, refuse);
        refuse.unless(eta == 0 || !grid.ascends(), "eta=%s draws noise: from data to noise only eta=0 runs", eta);
    }

    /** Whether a run draws. */
    boolean draws() {
        return eta > 0;
    }

    double up(double sigma, double next) {
        double r = next / sigma;
        return eta == 0 ? 0 : Math.min(next, eta * next * Math.sqrt((1 - r) * (1 + r)));
    }

    static double down(double next, double up) {
        return Math.sqrt((next - up) * (next + up));
    }
}
