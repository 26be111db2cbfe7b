package io.sampler4j.plugins.edm;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;

/** The variable in which a step is straight: sigma/alpha as a function of t (Karras et al. 2022, table 1, sigma(t)). */
abstract class SigmaOfT {
    abstract double t(double sigma);

    abstract double sigma(double t);

    /** d sigma / dt. */
    abstract double slope(double sigma);

    /** The one of this name, for the ends of a grid, as {@code ablation_sampler} of the paper's code fits it. */
    static SigmaOfT of(String name, NoiseGrid grid, double epsilonS) {
        return switch (name) {
            case "linear" -> new Linear();
            case "ve" -> new Root();
            case "vp" -> Vp.between(lowest(grid), highest(grid), epsilonS);
            default -> throw new IllegalStateException("the option lets no schedule " + name + " pass");
        };
    }

    private static double highest(NoiseGrid grid) {
        return Math.max(grid.first().ratio(), grid.last().ratio());
    }

    /** The lowest above the data. */
    private static double lowest(NoiseGrid grid) {
        double lowest = Double.POSITIVE_INFINITY;
        for (double r : grid.ratios()) if (r > 0) lowest = Math.min(lowest, r);
        return lowest;
    }

    /** d alpha / dt at a level: 0 in VE; in VP alpha = s(t) = (sigma^2 + 1)^(-1/2). */
    double alphaSlope(NoiseLevel at, Coordinates c) {
        return c == Coordinates.VP ? -at.ratio() * slope(at.ratio()) * cube(at.alpha()) : 0;
    }

    /** d (alpha sigma) / dt, of the factor of eps. */
    double sigmaSlope(NoiseLevel at, Coordinates c) {
        return c == Coordinates.VP ? slope(at.ratio()) * cube(at.alpha()) : slope(at.ratio());
    }

    private static double cube(double v) {
        return v * v * v;
    }

    /** EDM and DDIM: t is sigma. */
    private static final class Linear extends SigmaOfT {
        @Override
        double t(double sigma) {
            return sigma;
        }

        @Override
        double sigma(double t) {
            return t;
        }

        @Override
        double slope(double sigma) {
            return 1;
        }
    }

    /** The VE SDE: sigma = sqrt(t). */
    private static final class Root extends SigmaOfT {
        @Override
        double t(double sigma) {
            return sigma * sigma;
        }

        @Override
        double sigma(double t) {
            return Math.sqrt(t);
        }

        @Override
        double slope(double sigma) {
            return .5 / sigma;
        }
    }

    /** The VP SDE: sigma = sqrt(e^(betaD t^2 / 2 + betaMin t) - 1). */
    static final class Vp extends SigmaOfT {
        private final double betaD, betaMin;

        private Vp(double betaD, double betaMin) {
            this.betaD = betaD;
            this.betaMin = betaMin;
        }

        static Vp ofBetas(double betaD, double betaMin) {
            return new Vp(betaD, betaMin);
        }

        /** sigma(epsilonS) = min and sigma(1) = max. */
        static Vp between(double min, double max, double epsilonS) {
            double low = Math.log1p(min * min), high = Math.log1p(max * max);
            double betaD = 2 * (low / epsilonS - high) / (epsilonS - 1);
            return new Vp(betaD, high - betaD / 2);
        }

        @Override
        double t(double sigma) {
            if (sigma == 0) return 0;
            double log = Math.log1p(sigma * sigma), root = Math.sqrt(betaMin * betaMin + 2 * betaD * log);
            // One root in two forms, each without cancellation: betaMin is below 0 for ends far apart, such as EDM's.
            return betaMin > 0 ? 2 * log / (betaMin + root) : (root - betaMin) / betaD;
        }

        @Override
        double sigma(double t) {
            return Math.sqrt(Math.expm1(betaD * t * t / 2 + betaMin * t));
        }

        @Override
        double slope(double sigma) {
            return (betaMin + betaD * t(sigma)) / 2 * (sigma + 1 / sigma);
        }
    }
}
