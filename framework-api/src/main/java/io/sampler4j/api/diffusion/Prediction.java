package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/**
 * What a network's output means: the linear map from (x, out) at a level, in the network's own coordinates, to x0 and
 * eps. A value, not an enum. Every map is written without a division that its own parameterization does not need, so
 * sigma = 0 and alpha = 0 are exact where they make sense and not finite where they do not. Used by the host.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Prediction {
    /** The map at a level in the network's own coordinates. */
    Map at(NoiseLevel level);

    /**
     * x0 = ax x + ao out; eps = bx x + bo out. A record, since mathematics closes it.
     *
     * @param ax x's share of x0
     * @param ao the output's share of x0
     * @param bx x's share of eps
     * @param bo the output's share of eps
     */
    @API(status = API.Status.STABLE, since = "1.0")
    @ImplementedBy(ImplementedBy.Party.NOBODY)
    record Map(double ax, double ao, double bx, double bo) {}

    /** out = eps (Ho et al. 2020). */
    Prediction EPSILON = l -> new Map(1 / l.alpha(), -l.ratio(), 0, 1);
    /** out = x0. */
    Prediction X0 = l -> new Map(0, 1, 1 / l.sigma(), -1 / l.ratio());
    /** out = -eps / sigma, the score of x. */
    Prediction SCORE = l -> new Map(1 / l.alpha(), l.sigma() * l.ratio(), 0, -l.sigma());
    /** out = v = alpha eps - sigma x0 (Salimans and Ho 2022, appendix D). */
    Prediction V = l -> {
        double q = l.alpha() * l.alpha() + l.sigma() * l.sigma();
        return new Map(l.alpha() / q, -l.sigma() / q, l.sigma() / q, l.alpha() / q);
    };
    /** out = u = eps - x0 (flow matching, noise at t = 1). */
    Prediction VELOCITY = l -> {
        double q = l.alpha() + l.sigma();
        return new Map(1 / q, -l.sigma() / q, 1 / q, l.alpha() / q);
    };

    /** out = F behind c_skip and c_out (Karras et al. 2022, table 1), for a network in VE coordinates. */
    static Prediction edm(double sigmaData) {
        return l -> {
            double s = l.ratio(), d = sigmaData, q = s * s + d * d;
            return new Map(d * d / q, s * d / Math.sqrt(q), s / q, -d / Math.sqrt(q));
        };
    }
}
