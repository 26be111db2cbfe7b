package io.sampler4j.runtime.plugin.trial;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.generator.DifferentiableFlow;
import java.util.List;

/** The flow x = z / 2, whose latents are standard normal. */
final class ShrinkingFlow implements DifferentiableFlow {
    @Override
    public Tensor latentFor(Tensor x) {
        return x.like();
    }

    @Override
    public void generate(Tensor z, Tensor x) {
        x.set(0.5, z);
    }

    @Override
    public void encode(Tensor x, Tensor z, double[] logDet) {
        z.set(2, x);
        for (int i = 0; i < logDet.length; i++) logDet[i] += Math.log(2) * x.size() / x.samples();
    }

    @Override
    public void gradient(Tensor x, double[] nats, Tensor grad) {
        double[] squares = new double[x.samples()];
        x.dot(x, squares);
        int n = x.size() / x.samples();
        for (int i = 0; i < nats.length; i++) {
            nats[i] += n * (Math.log(2) - Math.log(2 * Math.PI) / 2) - 2 * squares[i];
        }
        grad.set(-4, x);
    }

    @Override
    public List<Double> sampleRange() {
        return List.of(-1.0, 1.0);
    }
}
