package io.sampler4j.plugins.ddpm;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Variance;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.List;

/**
 * Ancestral sampling, algorithm 2 of DDPM (Ho et al. 2020): each step draws from q(x_s | x_t, x0) of equation 7 with the
 * network's x0 in place of the true one. It is written for any two levels s &lt; t in any coordinates (Kingma et al. 2021, appendix A): with c = 1 - (ratio_s / ratio_t)^2,
 *
 * <pre>x_s = (ratio_s / ratio_t) (sigma_s / sigma_t) x_t + alpha_s c x0 + sd z</pre>
 *
 * Between neighbouring training steps of a VP process the small variance sd^2 = sigma_s^2 c is beta-tilde_t, and the
 * large one, sigma_t^2 c, is beta_t. Small variances are raised to 1e-20 as the references do. The -log forms name how a reference stores the same numbers
 * (guided-diffusion, UnCLIP): exp(log(variance) / 2); the square root of the logarithm, as in diffusers'
 * {@code fixed_large_log}, is not a number.
 *
 * <p>One evaluation per step. Draws one normal in every step whose next level has sigma &gt; 0, none in the last.
 */
final class Ddpm implements DiffusionSampler {
    static final Option<String> VARIANCE = Option.oneOf(
            "variance",
            List.of("auto", "small", "small-log", "large", "large-log", "learned", "learned-range"),
            "of each step; auto: what the network learned, else small; the -log forms are the same numbers");

    private final String variance;

    Ddpm(Options o) {
        variance = o.get(VARIANCE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        refuse.unless(
                !variance.startsWith("learned") || D.variance().toString().equals(variance),
                "variance=%s, but the network's variance output is %s: use variance=auto, small or large",
                variance,
                D.variance());
        refuse.unless(
                !variance.equals("auto") || known(D.variance()),
                "this version of ddpm does not know the network's variance output %s: use variance=small or large",
                D.variance());
        refuse.unless(!grid.ascends(), "ddpm draws noise and cannot run from data to noise: use ddim with eta=0");
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x);
        Tensor z = x.like();
        Deviation deviation = deviation(D, x);
        for (int i = 0; i < grid.steps(); i++) {
            NoiseLevel t = grid.at(i), s = grid.at(i + 1);
            double r = s.ratio() / t.ratio();
            double c = (1 - r) * (1 + r);
            D.denoise(x, t, e);
            x.set(r * s.sigma() / t.sigma(), x, s.alpha() * c, e.x0());
            if (s.sigma() > 0) {
                run.noise().normal(z);
                double small = Math.max(s.sigma() * s.sigma() * c, 1e-20), large = t.sigma() * t.sigma() * c;
                x.add(deviation.scale(z, e, small, large), z);
            }
            run.step(i, x, e.x0());
        }
    }

    private Deviation deviation(Denoiser D, Tensor x) {
        String kind = variance.equals("auto") ? D.variance().toString() : variance;
        return switch (kind) {
            case "large", "large-log" -> (z, e, small, large) -> Math.sqrt(large);
            case "learned", "learned-range" -> new Learned(x, LogVariance.of(kind));
            default -> (z, e, small, large) -> Math.sqrt(small);
        };
    }

    private static boolean known(Variance v) {
        return v == Variance.NONE || v == Variance.LEARNED || v == Variance.LEARNED_RANGE;
    }

    /** The standard deviation of a step: the same for all elements, or, where it differs, multiplied into z, and then 1. */
    private interface Deviation {
        double scale(Tensor z, Estimate e, double small, double large);
    }

    private static final class Learned implements Deviation {
        private final LogVariance logVariance;
        private final float[] v;
        private final float[] n;

        Learned(Tensor x, LogVariance logVariance) {
            this.logVariance = logVariance;
            v = new float[x.size()];
            n = new float[x.size()];
        }

        @Override
        public double scale(Tensor z, Estimate e, double small, double large) {
            e.variance().orElseThrow().read(v);
            z.read(n);
            double lo = Math.log(small), hi = Math.log(large);
            for (int k = 0; k < n.length; k++) n[k] *= (float) Math.exp(logVariance.of(v[k], lo, hi) / 2);
            z.write(n);
            return 1;
        }
    }
}
