package io.sampler4j.plugins.guidance;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * Adaptive projected guidance (Sadat, Hilliges and Weber 2025, "Eliminating Oversaturation and Artifacts of High
 * Guidance Scales in Diffusion Models", Algorithm 1), in x0, for each sample:
 *
 * <pre>
 * d = c - u + beta d                                  reverse momentum, beta &lt; 0
 * k = min(1, r / |d|)                                 where r &gt; 0
 * x0 = c + (w - 1) k (d - (1 - eta) &lt;d, c&gt; / &lt;c, c&gt; c)   the share of d along c, which saturates, is eta
 * </pre>
 *
 * and eps is what x then holds. With eta = 1, beta = 0 and r = 0 it is {@code cfg}. d is the run's: it begins at zero,
 * and every evaluation that is guided changes it, as in the paper's code; one that is outside the interval does not.
 *
 * <p>A learned variance is c's. Draws nothing.
 */
final class AdaptiveProjected implements Guidance {
    static final Option<Double> THRESHOLD = Option.decimal(
            "norm-threshold", 0, 0, Double.POSITIVE_INFINITY, "r, the longest difference; 0: any length");
    static final Option<Double> ETA = Option.decimal("eta", 0, 0, 1, "the share that stays of what is along x0");
    static final Option<Double> MOMENTUM =
            Option.decimal("momentum", -0.5, -1, 0.99, "beta; below 0 it leads away from earlier differences");

    private final Halves halves;
    private final double w;
    private final double r;
    private final double eta;
    private final double beta;

    AdaptiveProjected(Options o) {
        halves = new Halves(o);
        w = halves.w();
        r = o.get(THRESHOLD);
        eta = o.get(ETA);
        beta = o.get(MOMENTUM);
    }

    @Override
    public Estimator guide(Networks networks, Condition wanted, Condition nothing, Tensor like) {
        Tensor d = like.like();
        int samples = like.samples();
        double[] dd = new double[samples], dc = new double[samples], cc = new double[samples];
        return halves.of(networks.main(), wanted, nothing, like, (x, at, c, u, e) -> {
            d.set(beta, d, 1, c.x0(), -1, u.x0());
            d.dot(d, dd);
            d.dot(c.x0(), dc);
            c.x0().dot(c.x0(), cc);
            double[] ofC = dc, ofD = dd;
            for (int i = 0; i < samples; i++) {
                double k = r > 0 && dd[i] > r * r ? r / Math.sqrt(dd[i]) : 1;
                double along = cc[i] > 0 ? dc[i] / cc[i] : 0;
                ofC[i] = 1 - (w - 1) * k * (1 - eta) * along;
                ofD[i] = (w - 1) * k;
            }
            e.set(1, c, 0, c);
            e.x0().setEach(ofC, c.x0(), ofD, d);
            e.deriveEps(x, at);
        });
    }
}
