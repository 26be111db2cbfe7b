package io.sampler4j.plugins.nice;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.generator.DifferentiableFlow;
import io.sampler4j.api.testing.DoubleTensor;
import java.util.List;

/**
 * NICE in two dimensions, in float64: two additive couplings and a scaling (Dinh et al. 2014, section 3), with the gradient
 * of its log-likelihood under a logistic latent, worked out by hand.
 */
final class Plane implements DifferentiableFlow {
    static final double[] LOG_SCALE = {.4, -.7};

    private final List<Double> range;

    Plane(Double... range) {
        this.range = List.of(range);
    }

    @Override
    public List<Double> sampleRange() {
        return range;
    }

    @Override
    public Tensor latentFor(Tensor x) {
        return x.like();
    }

    @Override
    public void generate(Tensor z, Tensor x) {
        double[] h = ((DoubleTensor) z).values(), v = ((DoubleTensor) x).values();
        for (int i = 0; i < v.length; i += 2) {
            double b = h[i + 1] * Math.exp(-LOG_SCALE[1]), a = h[i] * Math.exp(-LOG_SCALE[0]) - Math.sin(b);
            v[i] = a;
            v[i + 1] = b - Math.tanh(2 * a);
        }
    }

    @Override
    public void encode(Tensor x, Tensor z, double[] logDet) {
        double[] v = ((DoubleTensor) x).values(), h = ((DoubleTensor) z).values();
        for (int i = 0; i < v.length; i += 2) {
            double b = v[i + 1] + Math.tanh(2 * v[i]), a = v[i] + Math.sin(b);
            h[i] = a * Math.exp(LOG_SCALE[0]);
            h[i + 1] = b * Math.exp(LOG_SCALE[1]);
            logDet[i / 2] += LOG_SCALE[0] + LOG_SCALE[1];
        }
    }

    /** ln p(x), by the definition of the density and nothing else. */
    static double logLikelihood(double first, double second) {
        double b = second + Math.tanh(2 * first), a = first + Math.sin(b);
        return logLogistic(a * Math.exp(LOG_SCALE[0]))
                + logLogistic(b * Math.exp(LOG_SCALE[1]))
                + LOG_SCALE[0]
                + LOG_SCALE[1];
    }

    static double logLogistic(double z) {
        return -Math.log(1 + Math.exp(z)) - Math.log(1 + Math.exp(-z));
    }

    @Override
    public void gradient(Tensor x, double[] nats, Tensor grad) {
        double[] v = ((DoubleTensor) x).values(), g = ((DoubleTensor) grad).values();
        double[] s = {Math.exp(LOG_SCALE[0]), Math.exp(LOG_SCALE[1])};
        for (int i = 0; i < v.length; i += 2) {
            double t = Math.tanh(2 * v[i]), b = v[i + 1] + t, a = v[i] + Math.sin(b);
            double byA = -Math.tanh(a * s[0] / 2) * s[0], byB = -Math.tanh(b * s[1] / 2) * s[1] + byA * Math.cos(b);
            g[i] = byA + byB * 2 * (1 - t * t);
            g[i + 1] = byB;
            nats[i / 2] += logLikelihood(v[i], v[i + 1]);
        }
    }
}
