package io.sampler4j.plugins.ddpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Variance;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.GaussianMixture;
import io.sampler4j.api.testing.GaussianMixture.Output;
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DdpmTest {
    private static final double MEAN = .3;
    private static final double DEVIATION = .6;
    private static final GaussianMixture GAUSSIAN = GaussianMixture.gaussian(MEAN, DEVIATION);
    private static final NoiseGrid GRID = NoiseGrid.of(Coordinates.VP, 8, 4, 2, 1, .5, .2, 0);

    private static DiffusionSampler ddpm(String variance) {
        return TextOptions.make(new DdpmContribution(), DiffusionSampler.class, "ddpm", Map.of("variance", variance));
    }

    private static Denoiser plain() {
        return GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP);
    }

    private static double[] made(Denoiser network, String variance, NoiseGrid grid, int size) {
        DoubleTensor x = DoubleTensor.zeros(1, size);
        TestRun run = new TestRun(5);
        run.normal(x);
        x.set(grid.first().sigma(), x);
        ddpm(variance).sample(network, grid, x, run);
        return x.values();
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "large"})
    void onGaussianDataTheSamplesHaveTheMeanAndVarianceThatAlgorithm2Gives(String variance) {
        double m = 0, v = GRID.sigma(0) * GRID.sigma(0);
        for (int i = 0; i < GRID.steps(); i++) {
            double abT = sq(GRID.alpha(i)), abS = sq(GRID.alpha(i + 1)), beta = 1 - abT / abS; // Ho et al.'s symbols
            double k = Math.sqrt(abT)
                    * sq(DEVIATION)
                    / (abT * sq(DEVIATION) + 1 - abT); // x0 = MEAN + k (x - sqrt(ab) MEAN)
            double fromX0 = Math.sqrt(abS) * beta / (1 - abT), fromX = Math.sqrt(abT / abS) * (1 - abS) / (1 - abT);
            double gain = fromX + fromX0 * k;
            m = gain * m + fromX0 * MEAN * (1 - k * Math.sqrt(abT));
            double noise = abS == 1 ? 0 : variance.equals("large") ? beta : (1 - abS) / (1 - abT) * beta;
            v = gain * gain * v + noise;
        }
        int n = 200_000;
        double[] x = made(plain(), variance, GRID, n);
        double mean = Arrays.stream(x).average().orElseThrow();
        double var = Arrays.stream(x).map(a -> sq(a - mean)).sum() / (n - 1);
        // The seed is fixed; five standard errors of n normals: sqrt(v/n) for the mean, v sqrt(2/n) for the variance.
        assertThat(mean).isCloseTo(m, within(5 * Math.sqrt(v / n)));
        assertThat(var).isCloseTo(v, within(5 * v * Math.sqrt(2. / n)));
    }

    private static double sq(double a) {
        return a * a;
    }

    @Test
    void theLogFormsAreTheSameNumbers() {
        assertThat(made(plain(), "small-log", GRID, 8)).containsExactly(made(plain(), "small", GRID, 8));
        assertThat(made(plain(), "large-log", GRID, 8)).containsExactly(made(plain(), "large", GRID, 8));
        assertThat(made(plain(), "large", GRID, 8)).isNotEqualTo(made(plain(), "small", GRID, 8));
    }

    @Test
    void aLearnedRangeAtItsEndsIsTheSmallAndTheLargeVariance() {
        // The noise passes through float32 on its way into each element.
        assertThat(made(learned(Variance.LEARNED_RANGE, -1), "learned-range", GRID, 64))
                .containsExactly(made(plain(), "small", GRID, 64), within(1e-5));
        assertThat(made(learned(Variance.LEARNED_RANGE, 1), "learned-range", GRID, 64))
                .containsExactly(made(plain(), "large", GRID, 64), within(1e-5));
    }

    @Test
    void aLearnedVarianceIsTheVarianceItself() {
        NoiseGrid one = NoiseGrid.of(Coordinates.VP, 1, .5);
        double c = .75, small = sq(one.sigma(1)) * c;
        assertThat(made(learned(Variance.LEARNED, small), "learned", one, 64))
                .containsExactly(made(plain(), "small", one, 64), within(1e-6));
    }

    @Test
    void autoTakesWhatTheNetworkLearnedAndElseTheSmallVariance() {
        assertThat(made(plain(), "auto", GRID, 8)).containsExactly(made(plain(), "small", GRID, 8));
        Denoiser v = learned(Variance.LEARNED_RANGE, .5);
        assertThat(made(v, "auto", GRID, 8)).containsExactly(made(v, "learned-range", GRID, 8));
        assertThat(made(v, "auto", GRID, 8)).isNotEqualTo(made(v, "small", GRID, 8));
    }

    @Test
    void onATrainingGridNoCoefficientIsLostAtTheLowestLevels() {
        NoiseGrid repeated = NoiseGrid.of(Coordinates.VP, 1, .01, .01);
        for (double x : made(learned(Variance.LEARNED_RANGE, 0), "auto", repeated, 8))
            assertThat(x).isFinite();
    }

    @Test
    void startsFromPureNoiseWhereTheNetworkCan() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VP, Double.POSITIVE_INFINITY, 1, 0);
        for (double x : made(GAUSSIAN.denoiser(Output.V, Coordinates.VP), "large", grid, 8))
            assertThat(x).isFinite();
    }

    @Test
    void drawsOneNormalInEveryStepButTheOneToSigmaZero() {
        TestRun run = new TestRun(1);
        ddpm("small").sample(plain(), GRID, DoubleTensor.of(.5), run);
        assertThat(run.draws()).isEqualTo(GRID.steps() - 1);
        assertThat(run.steps()).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void aVarianceThatTheNetworkDoesNotHaveIsRefused() {
        assertThat(reasons("learned-range", plain(), GRID).reasons())
                .containsExactly(
                        "variance=learned-range, but the network's variance output is none: use variance=auto, small or large");
        assertThat(reasons("learned", learned(Variance.LEARNED_RANGE, 0), GRID).reasons())
                .hasSize(1);
        assertThat(reasons("learned-range", learned(Variance.LEARNED_RANGE, 0), GRID)
                        .reasons())
                .isEmpty();
        assertThat(reasons("auto", plain(), GRID).reasons()).isEmpty();
    }

    @Test
    void fromDataToNoiseIsRefused() {
        assertThat(reasons("auto", plain(), GRID.reversed()).reasons())
                .containsExactly("ddpm draws noise and cannot run from data to noise: use ddim with eta=0");
    }

    @Test
    void offersDdpmUnderTheNamesThatDiffusersGaveIt() {
        Offer<?> offer = new DdpmContribution().offers().get(0);
        assertThat(offer.name()).isEqualTo("ddpm");
        assertThat(offer.aliases()).containsExactly("DDPMScheduler", "UnCLIPScheduler");
        assertThat(offer.nfePerStep()).hasValue(1);
    }

    private static Refusals reasons(String variance, Denoiser network, NoiseGrid grid) {
        Refusals refuse = new Refusals();
        ddpm(variance).check(network, grid, DoubleTensor.of(0), refuse);
        return refuse;
    }

    /** The exact denoiser, with one value in all of its variance output. */
    private static Denoiser learned(Variance variance, double value) {
        Denoiser inner = plain();
        return new Denoiser() {
            @Override
            public void denoise(Tensor x, NoiseLevel at, Estimate out) {
                inner.denoise(x, at, out);
                float[] v = new float[x.size()];
                Arrays.fill(v, (float) value);
                out.variance().orElseThrow().write(v);
            }

            @Override
            public Estimate estimate(Tensor x) {
                return Estimate.withVariance(x);
            }

            @Override
            public NoiseLevel nearest(NoiseLevel at, Coordinates coordinates) {
                return at;
            }

            @Override
            public boolean knows(NoiseLevel at) {
                return inner.knows(at);
            }

            @Override
            public Variance variance() {
                return variance;
            }

            @Override
            public double time(NoiseLevel at) {
                return inner.time(at);
            }

            @Override
            public NoiseLevel atTime(double time, Coordinates coordinates) {
                return inner.atTime(time, coordinates);
            }

            @Override
            public boolean distilled() {
                return false;
            }
        };
    }
}
