package io.sampler4j.plugins.nice;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.generator.LatentDistribution;

/**
 * Independent standard logistic dimensions: ln p(z) = -ln(1 + e^z) - ln(1 + e^-z), with mean 0 and variance pi^2 / 3
 * (Dinh et al. 2014, section 3.4). Draws one uniform u and takes ln u - ln(1 - u).
 */
final class Logistic implements LatentDistribution {
    /** Half of float32's least step below 1: nearer to an end of the interval a uniform of float32 does not come. */
    private static final double LEAST = 0x1p-25;

    @Override
    public void draw(Noise noise, Tensor z) {
        noise.uniform(z);
        float[] v = new float[z.size()];
        z.read(v);
        for (int i = 0; i < v.length; i++) {
            double u = Math.min(Math.max(v[i], LEAST), 1 - LEAST);
            v[i] = (float) (Math.log(u) - Math.log1p(-u));
        }
        z.write(v);
    }

    @Override
    public void logDensity(Tensor z, double[] nats) {
        float[] v = new float[z.size()];
        z.read(v);
        int each = v.length / nats.length;
        for (int i = 0; i < v.length; i++) {
            double a = Math.abs((double) v[i]);
            nats[i / each] -= a + 2 * Math.log1p(Math.exp(-a));
        }
    }
}
