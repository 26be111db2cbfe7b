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
 * The stochastic sampler of Karras et al. 2022, Algorithm 2: noise is raised from t to t_hat, and a Heun step leads from
 * there to the next level. Order 2, two evaluations per step, one where the next level is 0; {@code method=euler} leaves
 * the second out (order 1).
 *
 * <p>It is the paper's general sampler (equation 4; {@code ablation_sampler} of its code): x = s(t) (x0 + sigma(t) eps),
 * so that
 *
 * <pre>dx/dt = s'(t) x0 + (s sigma)'(t) eps</pre>
 *
 * with s from the coordinates ({@code scaling}), sigma(t) from {@code schedule}, and the second evaluation at a share
 * {@code alpha} of the step (equation 15). By default s = 1, sigma(t) = t and alpha = 1: Algorithm 2. Over the grids of
 * the scheduler {@code edm} it is DDIM (euler, iddpm or vp), the ODE samplers of the VP SDE (schedule=vp, scaling=vp) and
 * of the VE SDE (schedule=ve).
 *
 * <p>Draws one normal in every step where churn &gt; 0, also in those outside its interval, as the paper's code does;
 * nothing at churn = 0.
 */
final class Edm implements DiffusionSampler {
    /** The paper's infinity for S_tmax. */
    static final double NO_LIMIT = 1e9;

    static final Option<String> METHOD =
            Option.oneOf("method", List.of("heun", "euler"), "with the second-order correction, or without");
    static final Option<Double> ALPHA = Option.decimal(
            "alpha",
            1,
            .01,
            1,
            "where in a step heun's second evaluation stands: 1 Heun, 0.5 midpoint, 0.6667 Ralston");
    static final Option<String> SCHEDULE = Option.oneOf(
            "schedule",
            List.of("linear", "vp", "ve"),
            "sigma(t), in whose t a step is straight: t, that of the VP SDE, or sqrt(t)");
    static final Option<String> SCALING =
            Option.oneOf("scaling", List.of("none", "vp"), "s(t): 1, or 1/sqrt(sigma^2 + 1)");
    static final Option<Double> EPSILON_S =
            Option.decimal("epsilon-s", 1e-3, 1e-6, .1, "t of the grid's lowest level, for schedule=vp");
    static final Option<Double> CHURN =
            Option.decimal("churn", 0, 0, 1e6, "S_churn: noise added and removed again, over the whole run");
    static final Option<Double> CHURN_MIN = Option.decimal("churn-min", 0, 0, 1e9, "S_tmin: no churn at a sigma below");
    static final Option<Double> CHURN_MAX =
            Option.decimal("churn-max", NO_LIMIT, 0, 1e9, "S_tmax: no churn at a sigma above");
    static final Option<Double> CHURN_NOISE =
            Option.decimal("churn-noise", 1, 0, 2, "S_noise: standard deviation of the added noise");

    private final boolean heun;
    private final double alpha;
    private final String schedule;
    private final Coordinates scaling;
    private final double epsilonS;
    private final Preset s;

    Edm(Options o) {
        heun = o.get(METHOD).equals("heun");
        alpha = o.get(ALPHA);
        schedule = o.get(SCHEDULE);
        scaling = o.get(SCALING).equals("vp") ? Coordinates.VP : Coordinates.VE;
        epsilonS = o.get(EPSILON_S);
        Preset given = new Preset(0, o.get(CHURN), o.get(CHURN_MIN), o.get(CHURN_MAX), o.get(CHURN_NOISE));
        String name = o.get(Preset.SAMPLER);
        s = Preset.named(name).map(p -> p.over(name, given)).orElse(given);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(scaling);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        refuse.unless(
                s.churn() == 0 || !grid.ascends(),
                "churn=%s draws noise: from data to noise only churn=0 runs",
                s.churn());
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate d = D.estimate(x), dNext = D.estimate(x);
        Tensor z = x.like(), xNext = x.like();
        SigmaOfT sigma = SigmaOfT.of(schedule, grid, epsilonS);
        for (int i = 0; i < grid.steps(); i++) {
            NoiseLevel at = grid.at(i), next = grid.at(i + 1), hat = raised(D, grid, i);
            double t = sigma.t(hat.ratio()), h = sigma.t(next.ratio()) - t;
            if (s.churn() > 0) {
                run.noise().normal(z);
                double added = Math.sqrt((hat.ratio() - at.ratio()) * (hat.ratio() + at.ratio()));
                x.set(hat.alpha() / at.alpha(), x, hat.alpha() * s.churnNoise() * added, z);
            }
            D.denoise(x, hat, d);
            double dx0 = sigma.alphaSlope(hat, scaling), deps = sigma.sigmaSlope(hat, scaling); // dx/dt at t_hat
            if (!heun || next.sigma() == 0) {
                x.add(h * deps, d.eps(), h * dx0, d.x0());
            } else {
                NoiseLevel second = alpha == 1 ? next : grid.level(sigma.sigma(t + alpha * h));
                xNext.set(1, x, alpha * h * deps, d.eps(), alpha * h * dx0, d.x0());
                D.denoise(xNext, second, dNext);
                double w = 1 / (2 * alpha), v = 1 - w;
                x.add(v * h * deps, d.eps(), v * h * dx0, d.x0());
                double dx0Next = sigma.alphaSlope(second, scaling), depsNext = sigma.sigmaSlope(second, scaling);
                x.add(w * h * depsNext, dNext.eps(), w * h * dx0Next, dNext.x0());
            }
            run.step(i, x, d.x0());
        }
    }

    /** t_hat = t + gamma t, at a level that the network knows, and never below t. */
    private NoiseLevel raised(Denoiser D, NoiseGrid grid, int i) {
        NoiseLevel t = grid.at(i);
        if (s.churn() == 0 || t.ratio() < s.churnMin() || t.ratio() > s.churnMax()) return t;
        double gamma = Math.min(s.churn() / grid.steps(), Math.sqrt(2) - 1);
        NoiseLevel hat = D.nearest(grid.level(t.ratio() * (1 + gamma)), grid.coordinates());
        return hat.ratio() > t.ratio() ? hat : t;
    }
}
