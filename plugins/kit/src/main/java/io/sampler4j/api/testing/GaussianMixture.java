package io.sampler4j.api.testing;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Prediction;
import java.util.function.DoubleUnaryOperator;
import org.apiguardian.api.API;

/**
 * Data whose every element is an independent draw from a mixture of Gaussians of one width: the best denoiser, the
 * exact solution of the probability-flow ODE and the quantiles are known, and so is the perfect network of every
 * parameterization.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class GaussianMixture {
    /** Three components, none symmetric to another: what the proofs of order run on. */
    public static final GaussianMixture THREE =
            new GaussianMixture(new double[] {.3, .5, .2}, new double[] {-1.2, .4, 1.5}, .35);

    private static final double SIGMA_DATA = .7;

    private final double[] weights;
    private final double[] means;
    private final double width;

    /** Weights that sum to 1, means, and the standard deviation of each component. */
    public GaussianMixture(double[] weights, double[] means, double width) {
        this.weights = weights.clone();
        this.means = means.clone();
        this.width = width;
    }

    /** One Gaussian. */
    public static GaussianMixture gaussian(double mean, double deviation) {
        return new GaussianMixture(new double[] {1}, new double[] {mean}, deviation);
    }

    /** What a network says: noise, data, v, velocity, score, or EDM's F. */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    public enum Output {
        /** E[eps | x]. */
        EPSILON(Prediction.EPSILON),
        /** E[x0 | x]. */
        X0(Prediction.X0),
        /** alpha eps - sigma x0. */
        V(Prediction.V),
        /** eps - x0. */
        VELOCITY(Prediction.VELOCITY),
        /** -eps / sigma. */
        SCORE(Prediction.SCORE),
        /** EDM's F, in VE coordinates. */
        F(Prediction.edm(SIGMA_DATA));

        private final Prediction prediction;

        Output(Prediction prediction) {
            this.prediction = prediction;
        }
    }

    /** The perfect network of that output, trained in those coordinates. */
    public NetworkDenoiser denoiser(Output says, Coordinates own) {
        double[] e = new double[2];
        double d = SIGMA_DATA;
        NetworkDenoiser.Network network = (xt, k, at, out) -> {
            double a = at.alpha(), s = at.sigma(), q = s * s + d * d;
            double[] y = elements(xt);
            for (int i = 0; i < y.length; i++) {
                double x = k * y[i];
                estimate(x, a, s, e);
                y[i] = switch (says) {
                    case EPSILON -> e[1];
                    case X0 -> e[0];
                    case V -> a * e[1] - s * e[0];
                    case VELOCITY -> e[1] - e[0];
                    case SCORE -> -e[1] / s;
                    case F -> (e[0] - d * d / q * x) * Math.sqrt(q) / (s * d);
                };
            }
            put(y, out);
        };
        return new NetworkDenoiser(network, says.prediction, own);
    }

    /** E[x0 | x] and E[eps | x], without dividing by alpha or sigma. */
    private void estimate(double x, double alpha, double sigma, double[] out) {
        double v = alpha * alpha * width * width + sigma * sigma;
        double top = Double.NEGATIVE_INFINITY, z = 0, x0 = 0, eps = 0;
        for (int k = 0; k < weights.length; k++) top = Math.max(top, logPosterior(k, x, alpha, v));
        for (int k = 0; k < weights.length; k++) {
            double d = x - alpha * means[k], r = Math.exp(logPosterior(k, x, alpha, v) - top);
            z += r;
            x0 += r * (means[k] + alpha * width * width / v * d);
            eps += r * sigma / v * d;
        }
        out[0] = x0 / z;
        out[1] = eps / z;
    }

    private double logPosterior(int k, double x, double alpha, double v) {
        double d = x - alpha * means[k];
        return Math.log(weights[k]) - d * d / 2 / v;
    }

    /** The distribution function of x/alpha at a noise level; ratio 0 is the data. */
    public double cdf(double x, double ratio) {
        double q = 0, deviation = Math.sqrt(width * width + ratio * ratio);
        for (int k = 0; k < weights.length; k++) q += weights[k] * .5 * erfc((means[k] - x) / deviation / Math.sqrt(2));
        return q;
    }

    /** The inverse of {@link #cdf}. */
    public double quantile(double p, double ratio) {
        return root(x -> cdf(x, ratio) - p);
    }

    /** Where the probability-flow ODE carries x from one ratio to another, in VE coordinates: it keeps quantiles. */
    public double transport(double x, double from, double to) {
        return quantile(cdf(x, from), to);
    }

    private static double root(DoubleUnaryOperator rising) {
        double lo = -1e4, hi = 1e4;
        while (true) {
            double mid = (lo + hi) / 2;
            if (mid == lo || mid == hi) return mid;
            if (rising.applyAsDouble(mid) < 0) lo = mid;
            else hi = mid;
        }
    }

    /** A series below 2.5, a continued fraction above: to about 1e-15. */
    private static double erfc(double x) {
        if (x < 0) return 2 - erfc(-x);
        if (x < 2.5) {
            double sum = x, power = x;
            for (int n = 1; n < 200; n++) {
                power *= -x * x / n;
                sum += power / (2 * n + 1);
            }
            return 1 - 2 / Math.sqrt(Math.PI) * sum;
        }
        double f = 0;
        for (int n = 120; n > 0; n--) f = n / 2. / (x + f);
        return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + f);
    }

    private static double[] elements(Tensor t) {
        if (t instanceof DoubleTensor d) return d.values().clone();
        float[] f = new float[t.size()];
        t.read(f);
        double[] v = new double[f.length];
        for (int i = 0; i < v.length; i++) v[i] = f[i];
        return v;
    }

    private static void put(double[] v, Tensor t) {
        if (t instanceof DoubleTensor d) {
            System.arraycopy(v, 0, d.values(), 0, v.length);
            return;
        }
        float[] f = new float[v.length];
        for (int i = 0; i < f.length; i++) f[i] = (float) v[i];
        t.write(f);
    }
}
