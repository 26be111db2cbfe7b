package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/**
 * A noise level: x = alpha x0 + sigma eps. Its identity in all coordinates is {@link #ratio()} = sigma/alpha (the sigma
 * of the variance-exploding view), from 0 (data) to infinity (pure noise, zero terminal SNR); alpha says in which
 * coordinates x lives. Immutable.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class NoiseLevel {
    private final double ratio;
    private final double alpha;
    private final double sigma;

    private NoiseLevel(double ratio, double alpha, double sigma) {
        this.ratio = ratio;
        this.alpha = alpha;
        this.sigma = sigma;
    }

    /**
     * A level from its two factors. The ratio is computed, and may differ by a rounding from the one they came from:
     * where a discrete network time must be met exactly, take levels from the grid.
     */
    public static NoiseLevel of(double alpha, double sigma) {
        return new NoiseLevel(sigma / alpha, alpha, sigma);
    }

    static NoiseLevel atRatio(double ratio, double alpha, double sigma) {
        return new NoiseLevel(ratio, alpha, sigma);
    }

    /** sigma/alpha, which is the same in all coordinates. */
    public double ratio() {
        return ratio;
    }

    /** The share of the data in x. */
    public double alpha() {
        return alpha;
    }

    /** The standard deviation of the noise in x. */
    public double sigma() {
        return sigma;
    }

    /** ln(alpha/sigma), half the logarithm of the signal-to-noise ratio; infinite where sigma = 0. */
    public double lambda() {
        return -Math.log(ratio);
    }

    @Override
    public String toString() {
        return "sigma/alpha = " + ratio + " (alpha = " + alpha + ", sigma = " + sigma + ")";
    }
}
