package io.sampler4j.plugins.dpmsolver;

import io.sampler4j.api.diffusion.NoiseLevel;

/**
 * The exact solution over one step of the SDE whose noise is eta times that of the reverse diffusion (eta = 0 is the
 * ODE), where x0 is a polynomial in lambda = ln(alpha/sigma) (Lu et al. 2022, DPM-Solver++, propositions 3.1 and B.3; Xue
 * et al. 2023, proposition 4.2 with tau^2 = eta). From level t to s, with h = lambda_s - lambda_t and u = lambda -
 * lambda_t:
 *
 * <pre>x_s = keep x_t + alpha_s integral_0^h (1 + eta) e^(-(1 + eta)(h - u)) x0(u) du + noise z
 * keep = sigma_s / sigma_t e^(-eta h),   noise = sigma_s sqrt(1 - e^(-2 eta h))</pre>
 *
 * <p>Where t is pure noise (alpha = 0) or s is the data (sigma = 0), h is infinite and only a constant x0 has a meaning:
 * then x_s is alpha_s x0 + sigma_s eps, exactly.
 */
final class DataStep {
    /** How the slope's integral is taken where there are two values; both differ from it by O(h^3). */
    enum Slope {
        /** As it is: "heun" of DPM-Solver++. */
        EXACT,
        /** h/2 times the integral of 1: "midpoint" of DPM-Solver++, bh2 of UniPC. */
        MIDPOINT,
        /** Its leading term (1 + eta) h^2 / 2: bh1 of UniPC, and what SA-Solver's authors use. */
        LEADING
    }

    /** h, infinite at both ends of the process. */
    final double h;
    /** What is left of x. */
    final double keep;
    /** What the step draws is multiplied by this; 0 where eta is. */
    final double noise;

    private final double alpha, eta;

    DataStep(NoiseLevel from, NoiseLevel to, double eta) {
        this.eta = eta;
        alpha = to.alpha();
        h = to.lambda() - from.lambda();
        keep = eta == 0 ? to.sigma() / from.sigma() : to.sigma() / from.sigma() * Math.exp(-eta * h);
        noise = eta == 0 || to.sigma() == 0 ? 0 : to.sigma() * Math.sqrt(-Math.expm1(-2 * eta * h));
    }

    /** Whether x0 can be more than a constant. */
    boolean isFinite() {
        return Double.isFinite(h);
    }

    /**
     * The weights of x0 at some lambdas, given by their distances from lambda_t: at most as many as {@link #isFinite}
     * allows.
     */
    double[] weights(double[] nodes, Slope slope) {
        return weights(nodes, slope, 1);
    }

    /** As above, where three values are integrated with so much of their curvature. */
    double[] weights(double[] nodes, Slope slope, double curvature) {
        double a = 1 + eta;
        double[] moments = new double[nodes.length];
        moments[0] = -Math.expm1(-a * h);
        for (int n = 1; n < moments.length; n++) moments[n] = Math.pow(h, n) - n / a * moments[n - 1];
        if (moments.length == 2 && slope == Slope.MIDPOINT) moments[1] = moments[0] * h / 2;
        if (moments.length == 2 && slope == Slope.LEADING) moments[1] = a * h * h / 2;
        if (moments.length == 3) moments[2] *= curvature;
        double[] weights = Lagrange.weights(nodes, moments);
        for (int i = 0; i < weights.length; i++) weights[i] *= alpha;
        return weights;
    }
}
