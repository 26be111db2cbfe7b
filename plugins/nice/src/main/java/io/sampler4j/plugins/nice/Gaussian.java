package io.sampler4j.plugins.nice;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.generator.LatentDistribution;

/** Independent standard normal dimensions. Draws one normal. */
final class Gaussian implements LatentDistribution {
    private static final double LOG_SCALE = Math.log(2 * Math.PI) / 2;

    @Override
    public void draw(Noise noise, Tensor z) {
        noise.normal(z);
    }

    @Override
    public void logDensity(Tensor z, double[] nats) {
        double[] squares = new double[nats.length];
        z.dot(z, squares);
        int each = z.size() / nats.length;
        for (int i = 0; i < nats.length; i++) nats[i] -= squares[i] / 2 + each * LOG_SCALE;
    }
}
