package io.sampler4j.plugins.dpmsolver;

/**
 * A step's noise in VE coordinates, as in DDPM's posterior (Ho et al. 2020, equation 7) times eta: sigma of the noise put
 * back, and the level below the next to which the deterministic part goes.
 */
final class Ancestral {
    private Ancestral() {}

    static double up(double sigma, double next, double eta) {
        double r = next / sigma;
        return eta == 0 ? 0 : Math.min(next, eta * next * Math.sqrt((1 - r) * (1 + r)));
    }

    static double down(double next, double up) {
        return Math.sqrt((next - up) * (next + up));
    }
}
