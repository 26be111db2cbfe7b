package io.sampler4j.plugins.guidance;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.Arrays;

/**
 * Classifier-free guidance whose spread is brought back towards that of the conditional estimate (Lin et al. 2024,
 * "Common Diffusion Noise Schedules and Sample Steps are Flawed", equations 14 to 16), for each sample:
 *
 * <pre>g = w c + (1 - w) u,   f = phi std(c) / std(g) + 1 - phi,   g' = f g</pre>
 *
 * <p>The paper rescales what its network puts out, so that its result depends on the parameterization. Here g is x0
 * unless {@code of} says otherwise, so that the result is the same for every network; where alpha = 0 the paper's v is
 * -x0, and the two agree. The other of (x0, eps) follows, so that both remain ingredients of the same x.
 *
 * <p>A learned variance is c's. Draws nothing.
 */
final class Rescaled implements Guidance {
    static final Option<Double> RESCALE =
            Option.decimal("rescale", 0.7, 0, 1, "phi; 0 is cfg, 1 gives the conditional estimate's spread");
    static final Option<String> OF = Option.oneOf(
            "of", Quantity.NAMES, "whose spread; v and epsilon are diffusers' where the network says those");

    private final Halves halves;
    private final double w;
    private final double phi;
    private final String of;

    Rescaled(Options o) {
        halves = new Halves(o);
        w = halves.w();
        phi = o.get(RESCALE);
        of = o.get(OF);
    }

    @Override
    public Estimator guide(Networks networks, Condition wanted, Condition nothing, Tensor like) {
        Tensor q = like.like();
        Spread spread = new Spread(like);
        double[] std = new double[like.samples()], stdC = std.clone(), one = std.clone(), by = std.clone();
        Arrays.fill(one, 1);
        return halves.of(networks.main(), wanted, nothing, like, (x, at, c, u, e) -> {
            Quantity quantity = Quantity.of(of, at);
            e.set(w, c, 1 - w, u);
            spread.of(quantity.of(c, q), stdC);
            spread.of(quantity.of(e, q), std);
            for (int i = 0; i < by.length; i++) by[i] = std[i] == 0 ? 0 : phi * (stdC[i] / std[i] - 1);
            move(e, quantity, by, q, one);
        });
    }

    /** Adds (f - 1) q to q, with x as it is. */
    private static void move(Estimate e, Quantity quantity, double[] by, Tensor q, double[] one) {
        double[] b = new double[by.length];
        for (int i = 0; i < b.length; i++) b[i] = quantity.dx0() * by[i];
        e.x0().setEach(one, e.x0(), b, q);
        for (int i = 0; i < b.length; i++) b[i] = quantity.deps() * by[i];
        e.eps().setEach(one, e.eps(), b, q);
    }

    /** Standard deviations, one for each sample, about its own mean. */
    private static final class Spread {
        private final Tensor ones;
        private final int n;

        Spread(Tensor like) {
            ones = like.like();
            n = like.size() / like.samples();
            float[] values = new float[like.size()];
            Arrays.fill(values, 1);
            ones.write(values);
        }

        void of(Tensor t, double[] into) {
            double[] sum = new double[into.length];
            t.dot(ones, sum);
            t.dot(t, into);
            for (int i = 0; i < into.length; i++) {
                double mean = sum[i] / n;
                into[i] = Math.sqrt(Math.max(0, into[i] / n - mean * mean));
            }
        }
    }
}
