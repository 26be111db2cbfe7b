package io.sampler4j.runtime.plugin.trial;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.generator.LatentDistribution;

/** Latents of mean 0 and variance 1. */
final class StandardNormal implements LatentDistribution {
    @Override
    public void draw(Noise noise, Tensor z) {
        noise.normal(z);
    }

    @Override
    public void logDensity(Tensor z, double[] nats) {
        double[] squares = new double[z.samples()];
        z.dot(z, squares);
        int n = z.size() / z.samples();
        for (int i = 0; i < nats.length; i++) nats[i] -= (squares[i] + n * Math.log(2 * Math.PI)) / 2;
    }
}
