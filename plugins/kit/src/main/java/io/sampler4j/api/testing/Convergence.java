package io.sampler4j.api.testing;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.Spacings;
import java.util.Arrays;
import org.apiguardian.api.API;

/**
 * The error of a sampler against the exact solution of the probability-flow ODE, in float64: 16 quantiles of
 * {@link GaussianMixture#THREE}, sigma/alpha from 20 to 0.02, levels spaced by Karras's rule with rho = 7.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class Convergence {
    /** The noisy end. */
    public static final double HIGH = 20;
    /** The clean end. */
    public static final double LOW = .02;

    private static final GaussianMixture DATA = GaussianMixture.THREE;

    private Convergence() {}

    /** The levels, noise first. */
    public static NoiseGrid grid(Coordinates coordinates, int steps) {
        return grid(coordinates, HIGH, steps);
    }

    private static NoiseGrid grid(Coordinates coordinates, double high, int steps) {
        return NoiseGrid.of(coordinates, Spacings.karras(steps + 1, high, LOW, 7));
    }

    /** The largest error at the clean end, in VE coordinates, for a network of that output in those coordinates. */
    public static double ofSampling(DiffusionSampler sampler, GaussianMixture.Output says, Coordinates own, int steps) {
        return costOfSampling(sampler, says, own, steps).error();
    }

    /**
     * What a run cost.
     *
     * @param error the largest, at its end
     * @param evaluations of the network
     */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    public record Cost(double error, int evaluations) {}

    /** As {@link #ofSampling}, with the evaluations: for samplers that choose their steps. */
    public static Cost costOfSampling(
            DiffusionSampler sampler, GaussianMixture.Output says, Coordinates own, int steps) {
        return cost(sampler, says, own, grid(own, steps), HIGH, LOW);
    }

    /** The same from a lower level: near the data x0 changes from the first step on, so that a low-order start shows. */
    public static double ofSampling(
            DiffusionSampler sampler, GaussianMixture.Output says, Coordinates own, double high, int steps) {
        return cost(sampler, says, own, grid(own, high, steps), high, LOW).error();
    }

    /** The largest error at the noisy end of the same sampler on the reversed grid, as a share of that end's sigma. */
    public static double ofInversion(
            DiffusionSampler sampler, GaussianMixture.Output says, Coordinates own, int steps) {
        return cost(sampler, says, own, grid(own, steps).reversed(), LOW, HIGH).error() / HIGH;
    }

    /**
     * What a sampler made of Gaussian data.
     *
     * @param mean of the samples
     * @param deviation of the samples
     * @param draws tensors of noise the sampler drew
     */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    public record Moments(double mean, double deviation, int draws) {}

    /** 20,000 samples of Gaussian data by the perfect epsilon network, over {@link #grid} in VE coordinates. */
    public static Moments ofGaussian(DiffusionSampler sampler, double mean, double deviation, int steps) {
        TestRun start = new TestRun(3), run = new TestRun(4);
        DoubleTensor x = DoubleTensor.zeros(1, 20_000);
        start.normal(x);
        double[] v = x.values();
        for (int i = 0; i < v.length; i++) v[i] = mean + Math.hypot(deviation, HIGH) * v[i];
        GaussianMixture data = GaussianMixture.gaussian(mean, deviation);
        sampler.sample(
                data.denoiser(GaussianMixture.Output.EPSILON, Coordinates.VE), grid(Coordinates.VE, steps), x, run);
        double m = Arrays.stream(v).average().orElseThrow();
        double square = Arrays.stream(v).map(y -> (y - m) * (y - m)).average().orElseThrow();
        return new Moments(m, Math.sqrt(square), run.draws());
    }

    private static Cost cost(
            DiffusionSampler sampler,
            GaussianMixture.Output says,
            Coordinates own,
            NoiseGrid levels,
            double from,
            double to) {
        NoiseGrid grid = sampler.needs().coordinates().map(levels::in).orElse(levels);
        double[] start = new double[16];
        DoubleTensor x = DoubleTensor.zeros(1, start.length);
        for (int i = 0; i < start.length; i++) {
            start[i] = DATA.quantile((i + .5) / start.length, from);
            x.values()[i] = grid.first().alpha() * start[i];
        }
        NetworkDenoiser network = DATA.denoiser(says, own);
        sampler.sample(network, grid, x, new TestRun(1));
        double worst = 0;
        for (int i = 0; i < start.length; i++) {
            double made = x.values()[i] / grid.last().alpha();
            worst = Math.max(worst, Math.abs(made - DATA.transport(start[i], from, to)));
        }
        return new Cost(worst, network.evaluations());
    }
}
