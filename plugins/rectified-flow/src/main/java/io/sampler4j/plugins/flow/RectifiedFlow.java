package io.sampler4j.plugins.flow;

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
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.List;
import java.util.Locale;

/**
 * Explicit Runge-Kutta on dx/dt = v = eps - x0, noise at t = 1 (Liu et al. 2023, equation 1, whose t runs the other way).
 * The four methods share a form: each stage starts from the one before it alone (Hairer, Norsett and Wanner, II.1).
 *
 * <p>euler: order 1, one evaluation per step; midpoint and heun: order 2, two; rk4: order 4, four. Where a network has no
 * answer at t = 0, the step that would ask for one is Euler's. On a grid from data to noise it is the inversion.
 *
 * <p>{@code stochastic=true} leaves the ODE: each step takes x0 and fresh noise, x' = (1 - t') x0 + t' eps (diffusers'
 * {@code stochastic_sampling}), which repairs the errors of networks distilled for few steps. It draws one normal in every
 * step, also in the last, where its share is 0; otherwise nothing is drawn.
 */
final class RectifiedFlow implements DiffusionSampler {
    static final Option<String> METHOD = Option.oneOf(
            "method", List.of("euler", "midpoint", "heun", "rk4"), "order 1, 2, 2, 4; as many evaluations");

    static final Option<Boolean> STOCHASTIC = Option.flag(
            "stochastic", false, "each step ends at x0 under fresh noise; with method=euler, and not for an inversion");

    /** Where each stage looks, as a share of the step, and its weight in the step. */
    private enum Method {
        EULER(new double[] {0}, new double[] {1}),
        MIDPOINT(new double[] {0, 1 / 2.}, new double[] {0, 1}),
        HEUN(new double[] {0, 1}, new double[] {1 / 2., 1 / 2.}),
        RK4(new double[] {0, 1 / 2., 1 / 2., 1}, new double[] {1 / 6., 1 / 3., 1 / 3., 1 / 6.});
        private final double[] c, b;

        Method(double[] c, double[] b) {
            this.c = c;
            this.b = b;
        }

        boolean looksAtTheEnd() {
            return c[c.length - 1] == 1;
        }
    }

    private final Method method;
    private final boolean stochastic;

    RectifiedFlow(Options o) {
        method = Method.valueOf(o.get(METHOD).toUpperCase(Locale.ROOT));
        stochastic = o.get(STOCHASTIC);
        if (stochastic && method != Method.EULER) {
            throw new RefusedException("rectified-flow: stochastic=true takes x0 once in a step, and method="
                    + o.get(METHOD) + " asks several times: leave one away");
        }
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.FLOW);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        refuse.unless(
                !stochastic || !grid.ascends(), "stochastic=true draws noise: from data to noise only the ODE runs");
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        if (stochastic) afresh(D, grid, x, run);
        else along(D, grid, x, run);
    }

    private static void afresh(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x);
        Tensor z = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            D.denoise(x, grid.at(i), e);
            run.noise().normal(z);
            x.set(grid.alpha(i + 1), e.x0(), grid.sigma(i + 1), z);
            run.step(i, x, e.x0());
        }
    }

    private void along(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x);
        Tensor y = x.like(), from = x.like();
        for (int i = 0; i < grid.steps(); i++) {
            NoiseLevel next = grid.at(i + 1);
            Method m = next.sigma() == 0 && method.looksAtTheEnd() && !D.knows(next) ? Method.EULER : method;
            double t = grid.sigma(i), h = next.sigma() - t;
            from.set(x);
            for (int j = 0; j < m.c.length; j++) {
                double at = m.c[j] * h;
                if (j == 0) y.set(from);
                else y.set(1, from, at, e.eps(), -at, e.x0());
                D.denoise(y, m.c[j] == 0 ? grid.at(i) : m.c[j] == 1 ? next : between(grid, t + at), e);
                if (m.b[j] != 0) x.add(m.b[j] * h, e.eps(), -m.b[j] * h, e.x0());
            }
            run.step(i, x, e.x0());
        }
    }

    private static NoiseLevel between(NoiseGrid grid, double t) {
        return grid.level(t / (1 - t));
    }
}
