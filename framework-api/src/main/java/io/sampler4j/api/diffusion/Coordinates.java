package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import java.util.function.DoubleUnaryOperator;
import org.apiguardian.api.API;

/** How x is scaled at each noise level: alpha as a function of sigma/alpha. A value, not an enum: a plugin may bring its own. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Coordinates {
    /** Variance exploding (score matching, EDM): alpha = 1. Cannot hold an infinite ratio. */
    public static final Coordinates VE = of("VE", r -> 1, r -> r);
    /** Variance preserving (DDPM, DDIM): alpha^2 + sigma^2 = 1. */
    public static final Coordinates VP = of("VP", r -> 1 / Math.sqrt(1 + r * r), r -> 1 / Math.sqrt(1 + 1 / (r * r)));
    /** Flow matching: alpha = 1 - t, sigma = t. */
    public static final Coordinates FLOW = of("FLOW", r -> 1 / (1 + r), r -> 1 / (1 + 1 / r));

    private final String name;
    private final DoubleUnaryOperator alpha, sigma;

    private Coordinates(String name, DoubleUnaryOperator alpha, DoubleUnaryOperator sigma) {
        this.name = name;
        this.alpha = alpha;
        this.sigma = sigma;
    }

    /**
     * Coordinates of a plugin's own.
     *
     * @param name for messages
     * @param alphaOfRatio alpha at sigma/alpha from 0 to infinity; pure and thread-safe, and written so that both ends
     *     are exact
     * @param sigmaOfRatio sigma likewise, of which the quotient is the ratio
     */
    public static Coordinates of(String name, DoubleUnaryOperator alphaOfRatio, DoubleUnaryOperator sigmaOfRatio) {
        return new Coordinates(name, alphaOfRatio, sigmaOfRatio);
    }

    /** The level of this sigma/alpha, from 0 to infinity, which it keeps to the last bit. */
    public NoiseLevel at(double ratio) {
        return NoiseLevel.atRatio(ratio, alpha.applyAsDouble(ratio), sigma.applyAsDouble(ratio));
    }

    @Override
    public String toString() {
        return name;
    }
}
