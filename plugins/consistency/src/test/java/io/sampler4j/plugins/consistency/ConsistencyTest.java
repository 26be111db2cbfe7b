package io.sampler4j.plugins.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.GaussianMixture;
import io.sampler4j.api.testing.GaussianMixture.Output;
import io.sampler4j.api.testing.TestDenoiser;
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsistencyTest {
    private static final GaussianMixture DATA = GaussianMixture.THREE;
    private static final int SAMPLES = 1000;
    /** Kolmogorov's statistic of that many independent draws is below this in 99 of 100 cases. */
    private static final double KOLMOGOROV = 1.63 / Math.sqrt(SAMPLES);

    private static DiffusionSampler named(String name, Map<String, String> options) {
        return TextOptions.make(new ConsistencyContribution(), DiffusionSampler.class, name, options);
    }

    /** The perfect consistency function of the mixture: x0 is where the probability-flow ODE carries x. */
    private static class Perfect extends TestDenoiser {
        private final double epsilon;

        Perfect(double epsilon) {
            this.epsilon = epsilon;
        }

        @Override
        public void denoise(Tensor x, NoiseLevel at, Estimate out) {
            double[] from = ((DoubleTensor) x).values(), to = ((DoubleTensor) out.x0()).values();
            for (int i = 0; i < from.length; i++) to[i] = DATA.transport(from[i] / at.alpha(), at.ratio(), epsilon);
            out.deriveEps(x, at);
        }

        @Override
        public boolean distilled() {
            return true;
        }
    }

    /** Samples of the mixture at the grid's first level, their quantiles even. */
    private static DoubleTensor start(NoiseGrid grid, int samples) {
        DoubleTensor x = DoubleTensor.zeros(1, samples);
        for (int i = 0; i < samples; i++) {
            x.values()[i] = grid.first().alpha()
                    * DATA.quantile((i + .5) / samples, grid.first().ratio());
        }
        return x;
    }

    /** The greatest distance between the distribution of x and that of the data at a noise level (Kolmogorov). */
    private static double distance(DoubleTensor x, double ratio) {
        double[] sorted = x.values().clone();
        Arrays.sort(sorted);
        double worst = 0;
        for (int i = 0; i < sorted.length; i++) {
            worst = Math.max(worst, Math.abs(DATA.cdf(sorted[i], ratio) - (i + .5) / sorted.length));
        }
        return worst;
    }

    @ParameterizedTest
    @ValueSource(strings = {"lcm", "tcd", "consistency"})
    void oneStepOfThePerfectNetworkIsTheData(String name) {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 20, 0);
        DoubleTensor x = start(grid, 200);
        TestRun run = new TestRun(1);
        named(name, Map.of()).sample(new Perfect(0), grid, x, run);
        // Quantiles go to quantiles: bisection to 1e-13.
        assertThat(distance(x, 0)).isLessThan(1e-9);
        assertThat(run.draws()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lcm", "consistency"})
    void severalStepsKeepTheDistribution(String name) {
        NoiseGrid levels = NoiseGrid.of(Coordinates.VP, 20, 3, .5, 0);
        DiffusionSampler sampler = named(name, Map.of());
        NoiseGrid grid = sampler.needs().coordinates().map(levels::in).orElse(levels);
        DoubleTensor x = start(grid, SAMPLES);
        sampler.sample(new Perfect(0), grid, x, new TestRun(1));
        assertThat(distance(x, 0)).isLessThan(KOLMOGOROV);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.3", "1"})
    void tcdKeepsTheDistributionWhereTrajectoriesAreStraight(String gamma) {
        // All data in one point m: then x0 = m and eps = (x - m) / sigma all along a trajectory, and x is N(m,
        // sigma^2).
        GaussianMixture point = GaussianMixture.gaussian(.3, 1e-9);
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 20, 6, 2, .5);
        DoubleTensor x = DoubleTensor.zeros(1, 20_000);
        new TestRun(9).normal(x);
        for (int i = 0; i < x.size(); i++) x.values()[i] = .3 + 20 * x.values()[i];
        TestRun run = new TestRun(1);
        named("tcd", Map.of("gamma", gamma)).sample(point.denoiser(Output.X0, Coordinates.VE), grid, x, run);
        double mean = Arrays.stream(x.values()).average().orElseThrow();
        double square = Arrays.stream(x.values())
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElseThrow();
        // 20,000 draws: the mean to .0035, the variance to 1 %.
        assertThat(mean).isCloseTo(.3, within(.012));
        assertThat(square).isCloseTo(.25, within(.0075));
        assertThat(run.draws()).isEqualTo(gamma.equals("0") ? 0 : 2);
    }

    @ParameterizedTest
    @CsvSource({"lcm, 1", "consistency, .75"})
    void theNoisePutBackHasTheVarianceOfTheMethod(String name, double variance) {
        // All data in one point: after the first of two steps x is that point and the noise put back. Levels 1 and .5.
        GaussianMixture point = GaussianMixture.gaussian(.3, 1e-9);
        DoubleTensor x = DoubleTensor.zeros(1, 20_000);
        TestRun noise = new TestRun(4);
        double[] seen = new double[2];
        TensorRun run = new TensorRun() {
            @Override
            public Noise noise() {
                return noise;
            }

            @Override
            public void step(int i, Tensor state) {
                for (double v : ((DoubleTensor) state).values()) seen[i] += (v - .3) * (v - .3) / x.size();
            }
        };
        named(name, Map.of())
                .sample(point.denoiser(Output.X0, Coordinates.VE), NoiseGrid.of(Coordinates.VE, 20, 1, .5), x, run);
        // The variance of 20,000 squares: 1 %.
        assertThat(seen[0]).isCloseTo(variance, within(.04 * variance));
    }

    @Test
    void consistencySamplingEndsAtTheLastLevelOfItsGrid() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 20, 2, .5);
        DoubleTensor x = start(grid, SAMPLES);
        TestRun run = new TestRun(1);
        named("consistency", Map.of()).sample(new Perfect(.5), grid, x, run);
        assertThat(distance(x, .5)).isLessThan(KOLMOGOROV);
        assertThat(run.draws()).isEqualTo(1);
    }

    @Test
    void tcdWithoutNoiseIsDdim() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VP, 5, 2, .5);
        DoubleTensor x = DoubleTensor.of(.7);
        Denoiser D = DATA.denoiser(Output.EPSILON, Coordinates.VP);
        Estimate e = D.estimate(x);
        double expected = .7;
        for (int i = 0; i < 2; i++) {
            D.denoise(DoubleTensor.of(expected), grid.at(i), e);
            expected = grid.alpha(i + 1) * ((DoubleTensor) e.x0()).values()[0]
                    + grid.sigma(i + 1) * ((DoubleTensor) e.eps()).values()[0];
        }
        TestRun run = new TestRun(1);
        named("tcd", Map.of("gamma", "0")).sample(D, grid, x, run);
        assertThat(x.values()[0]).isCloseTo(expected, within(1e-14));
        assertThat(run.draws()).isZero();
    }

    @Test
    void tcdRefusesANetworkWhoseOwnTimeIsNoShareOfTheWay() {
        Denoiser logarithmic = new Perfect(0) {
            @Override
            public double time(NoiseLevel at) {
                return Math.log(at.ratio()) / 4;
            }
        };
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 5, 1, 0);
        for (String gamma : new String[] {"0", "0.3", "1"}) {
            Refusals refuse = new Refusals();
            named("tcd", Map.of("gamma", gamma)).check(logarithmic, grid, DoubleTensor.of(0), refuse);
            assertThat(refuse.reasons()).hasSize(gamma.equals("0.3") ? 1 : 0);
        }
    }

    @Test
    void aNetworkThatWasNotDistilledIsRefusedWithTheReason() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 5, 0);
        for (Offer<?> offer : new ConsistencyContribution().offers()) {
            Refusals refuse = new Refusals();
            DiffusionSampler sampler = named(offer.name(), Map.of());
            sampler.check(DATA.denoiser(Output.V, Coordinates.VP), grid, DoubleTensor.of(0), refuse);
            assertThat(refuse.reasons())
                    .singleElement()
                    .asString()
                    .contains(offer.name(), "does not say distilled", "dpmpp-2m");
            Refusals none = new Refusals();
            sampler.check(new Perfect(0), grid, DoubleTensor.of(0), none);
            assertThat(none.reasons()).isEmpty();
            Refusals upward = new Refusals();
            sampler.check(new Perfect(0), grid.reversed(), DoubleTensor.of(0), upward);
            assertThat(upward.reasons()).singleElement().asString().contains("draws noise");
        }
    }
}
