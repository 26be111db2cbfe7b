package io.sampler4j.api.testing;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseLevel;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Data that is known, with the perfect network of it, in VP coordinates. One for samplers that ask for what x may be, and
 * one for those that ask where the probability-flow ODE carries x, as networks do that were distilled.
 */
abstract class Target {
    /** Elements whose distance from the data is measured. */
    static final int DRAWN = 4096;

    /** The mixture of the proofs of order. */
    static final Target MIXTURE = new Target() {
        @Override
        int steps() {
            return 100;
        }

        @Override
        double near() {
            return .1;
        }

        @Override
        Denoiser network() {
            return GaussianMixture.THREE.denoiser(GaussianMixture.Output.EPSILON, Coordinates.VP);
        }

        @Override
        Denoiser otherNetwork() {
            return GaussianMixture.gaussian(8, 2).denoiser(GaussianMixture.Output.EPSILON, Coordinates.VP);
        }

        @Override
        GaussianMixture data() {
            return GaussianMixture.THREE;
        }
    };

    /** One Gaussian, where the ODE is linear. */
    static final Target DISTILLED = new Target() {
        private static final double MEAN = .4;
        private static final double DEVIATION = .7;

        @Override
        int steps() {
            return 4;
        }

        /** TCD goes part of its way on a straight line to the end that the network says, which the ODE does not: .2. */
        @Override
        double near() {
            return .3;
        }

        @Override
        Denoiser network() {
            return new Distilled(MEAN, DEVIATION);
        }

        @Override
        Denoiser otherNetwork() {
            return new Distilled(8, 2);
        }

        @Override
        GaussianMixture data() {
            return GaussianMixture.gaussian(MEAN, DEVIATION);
        }
    };

    private double[] quantiles = {};

    /** How many steps a sampler is given to come near to the data. */
    abstract int steps();

    /** The distance that is near: a few times that of a sampler of order 1. So few draws of the data themselves have .02. */
    abstract double near();

    /** A perfect network, for one run. */
    abstract Denoiser network();

    /** That of other data, far away. */
    abstract Denoiser otherNetwork();

    /** The distribution of every element. */
    abstract GaussianMixture data();

    /** Where every sample starts in pure noise; sample i from a generator of its own, seeded s + i. */
    static ArrayLikeTensor start(NoiseLevel at, int samples, int elementsEach, long seed) {
        ArrayLikeTensor x = ArrayLikeTensor.zeros(samples, elementsEach);
        new TestRun(seed).normal(x);
        x.set(Math.hypot(at.alpha() * .85, at.sigma()), x);
        return x;
    }

    /**
     * The first Wasserstein distance between {@link #DRAWN} values and the data: the mean distance between their
     * quantiles. The array is sorted.
     */
    final double distance(float[] values) {
        Arrays.sort(values);
        double[] quantiles = quantiles();
        double sum = 0;
        for (int i = 0; i < DRAWN; i++) sum += Math.abs(values[i] - quantiles[i]);
        return sum / DRAWN;
    }

    /** Found once: each is a search. */
    private synchronized double[] quantiles() {
        if (quantiles.length == 0) {
            quantiles = IntStream.range(0, DRAWN)
                    .mapToDouble(i -> data().quantile((i + .5) / DRAWN, 0))
                    .toArray();
        }
        return quantiles;
    }

    /** x0 is where the ODE carries x: z-scores are kept. */
    private static final class Distilled extends TestDenoiser {
        private final double mean;
        private final double deviation;

        Distilled(double mean, double deviation) {
            this.mean = mean;
            this.deviation = deviation;
        }

        @Override
        public void denoise(Tensor x, NoiseLevel at, Estimate e) {
            float[] v = new float[x.size()];
            x.read(v);
            double spread = Math.hypot(at.alpha() * deviation, at.sigma());
            for (int i = 0; i < v.length; i++) v[i] = (float) (mean + deviation * (v[i] - at.alpha() * mean) / spread);
            e.x0().write(v);
            e.deriveEps(x, at);
        }

        @Override
        public boolean distilled() {
            return true;
        }
    }
}
