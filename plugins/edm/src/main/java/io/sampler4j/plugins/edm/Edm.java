package io.sampler4j.plugins.edm;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.List;

/**
 * The stochastic sampler of Karras et al. 2022, Algorithm 2, in VE coordinates: noise is raised from t to t_hat, and a
 * Heun step leads from there to the next level. Order 2, two evaluations per step, one where the next level is 0;
 * {@code method=euler} leaves the second out (order 1).
 *
 * <p>Draws one normal in every step where churn &gt; 0, also in those outside its interval, as the paper's code does;
 * nothing at churn = 0.
 */
final class Edm implements DiffusionSampler {
    static final Option<String> METHOD =
            Option.oneOf("method", List.of("heun", "euler"), "with the second-order correction, or without");
    static final Option<Double> CHURN =
            Option.decimal("churn", 0, 0, 1e6, "S_churn: noise added and removed again, over the whole run");
    static final Option<Double> CHURN_MIN = Option.decimal("churn-min", 0, 0, 1e9, "S_tmin: no churn at a sigma below");
    static final Option<Double> CHURN_MAX =
            Option.decimal("churn-max", 1e9, 0, 1e9, "S_tmax: no churn at a sigma above");
    static final Option<Double> CHURN_NOISE =
            Option.decimal("churn-noise", 1, 0, 2, "S_noise: standard deviation of the added noise");

    private final boolean heun;
    private final double churn, churnMin, churnMax, churnNoise;

    Edm(Options o) {
        heun = o.get(METHOD).equals("heun");
        churn = o.get(CHURN);
        churnMin = o.get(CHURN_MIN);
        churnMax = o.get(CHURN_MAX);
        churnNoise = o.get(CHURN_NOISE);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        refuse.unless(
                churn == 0 || !grid.ascends(), "churn=%s draws noise: from data to noise only churn=0 runs", churn);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate d = D.estimate(x), dNext = D.estimate(x);
        Tensor z = x.like(), xNext = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            double t = grid.sigma(i), next = grid.sigma(i + 1);
            NoiseLevel hat = raised(D, grid, i);
            if (churn > 0) {
                run.noise().normal(z);
                x.add(churnNoise * Math.sqrt((hat.sigma() - t) * (hat.sigma() + t)), z);
            }
            D.denoise(x, hat, d); // (x - D(x)) / t_hat = eps
            double h = next - hat.sigma();
            if (!heun || next == 0) {
                x.add(h, d.eps());
            } else {
                xNext.set(1, x, h, d.eps());
                D.denoise(xNext, grid.at(i + 1), dNext);
                x.add(h / 2, d.eps(), h / 2, dNext.eps());
            }
            run.step(i, x, d.x0());
        }
    }

    /** t_hat = t + gamma t, at a level that the network knows, and never below t. */
    private NoiseLevel raised(Denoiser D, NoiseGrid grid, int i) {
        NoiseLevel t = grid.at(i);
        if (churn == 0 || t.sigma() < churnMin || t.sigma() > churnMax) return t;
        double gamma = Math.min(churn / grid.steps(), Math.sqrt(2) - 1);
        NoiseLevel hat = D.nearest(grid.level(t.ratio() * (1 + gamma)), grid.coordinates());
        return hat.ratio() > t.ratio() ? hat : t;
    }
}
