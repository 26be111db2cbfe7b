package io.sampler4j.plugins.ddim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.testing.Convergence;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.GaussianMixture;
import io.sampler4j.api.testing.GaussianMixture.Output;
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DdimTest {
    private static final double MEAN = .3;
    private static final double DEVIATION = .6;
    private static final GaussianMixture GAUSSIAN = GaussianMixture.gaussian(MEAN, DEVIATION);

    private static DiffusionSampler ddim(String... options) {
        return TextOptions.make(
                new DdimContribution(),
                DiffusionSampler.class,
                "ddim",
                options.length == 0 ? Map.of() : Map.of(options[0], options[1]));
    }

    private static double made(DiffusionSampler sampler, NoiseGrid grid, double start) {
        DoubleTensor x = DoubleTensor.of(start);
        sampler.sample(GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP), grid, x, new TestRun(1));
        return x.values()[0];
    }

    @Test
    void onGaussianDataOneStepIsTheLinearMapOfEquation12() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VP, 3, .5);
        double at = grid.alpha(0), st = grid.sigma(0), as = grid.alpha(1), ss = grid.sigma(1), x = .8;
        double variance = at * at * DEVIATION * DEVIATION + st * st;
        double eps = st / variance * (x - at * MEAN), x0 = (x - st * eps) / at;
        // Two formulas of the same numbers in float64.
        assertThat(made(ddim(), grid, x)).isCloseTo(as * x0 + ss * eps, within(1e-14));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 64})
    void onGaussianDataTheSamplesHaveTheMeanAndVarianceThatTheLinearMapsGive(int steps) {
        NoiseGrid grid = Convergence.grid(Coordinates.VP, steps);
        double gain = 1, shift = 0;
        for (int i = 0; i < steps; i++) {
            double v = DEVIATION * DEVIATION,
                    rt = grid.at(i).ratio(),
                    rs = grid.at(i + 1).ratio();
            double k = 1
                    + (rs - rt)
                            * rt
                            / (v + rt * rt); // d(x / alpha) = eps d(ratio), eps = ratio (x/alpha - m) / (v + ratio^2)
            gain *= k;
            shift = k * shift + (1 - k) * MEAN;
        }
        double a = grid.last().alpha(), scale = a / grid.first().alpha() * gain;
        for (double start : new double[] {-2, 0, 1.5}) {
            assertThat(made(ddim(), grid, start)).isCloseTo(scale * start + a * shift, within(1e-12));
        }
        double deviation = gain * Math.hypot(DEVIATION, Convergence.HIGH);
        // First order: the lost width is of the size of a step, which is a few hundredths at 64 steps and not at 8.
        assertThat(Math.abs(deviation / Math.hypot(DEVIATION, Convergence.LOW) - 1))
                .isLessThan(steps == 64 ? .05 : .4);
    }

    @Test
    void theErrorFallsAtFirstOrder() {
        double coarse = Convergence.ofSampling(ddim(), Output.EPSILON, Coordinates.VP, 128);
        double fine = Convergence.ofSampling(ddim(), Output.EPSILON, Coordinates.VP, 256);
        // The second term is a share of about 1/128 of the first.
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(1, within(.05));
    }

    @Test
    void itIsEulerInTheOtherCoordinates() {
        double own = Convergence.ofSampling(ddim(), Output.EPSILON, Coordinates.VP, 64);
        for (Coordinates c : new Coordinates[] {Coordinates.VE, Coordinates.FLOW}) {
            // Rounding in another order: 1e-9 is what the prototype's 5e-11 leaves room for.
            assertThat(Convergence.ofSampling(ddim(), Output.X0, c, 64) / own).isCloseTo(1, within(1e-9));
        }
    }

    @Test
    void invertedAndSampledAgainAPictureComesBackToFirstOrder() {
        double coarse = returnError(64), fine = returnError(512);
        assertThat(fine).isLessThan(.02);
        // Eight times the steps: eight times less, to the second term of both passes.
        assertThat(coarse / fine).isBetween(6.5, 9.5);
    }

    private static double returnError(int steps) {
        NoiseGrid grid = Convergence.grid(Coordinates.VP, steps);
        double there = made(ddim(), grid.reversed(), .9);
        return Math.abs(made(ddim(), grid, there) - .9);
    }

    @Test
    void atEtaOneItIsDdpmsAlgorithm2WithTheSmallVariance() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VP, 2, 1.9, .5, 0);
        double x = .7;
        TestRun ours = new TestRun(9), theirs = new TestRun(9);
        DoubleTensor made = DoubleTensor.of(x), z = DoubleTensor.of(0);
        ddim("eta", "1").sample(GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP), grid, made, ours);
        for (int i = 0; i < grid.steps(); i++) { // Ho et al. 2020, equation 7
            double abT = Math.pow(grid.alpha(i), 2), abS = Math.pow(grid.alpha(i + 1), 2), beta = 1 - abT / abS;
            double k = DEVIATION * DEVIATION / (abT * DEVIATION * DEVIATION + 1 - abT);
            double x0 = MEAN + k * Math.sqrt(abT) * (x - Math.sqrt(abT) * MEAN);
            double fromX0 = Math.sqrt(abS) * beta / (1 - abT), fromX = Math.sqrt(abT / abS) * (1 - abS) / (1 - abT);
            x = fromX0 * x0 + fromX * x;
            if (grid.sigma(i + 1) > 0) {
                theirs.normal(z);
                x += Math.sqrt((1 - abS) / (1 - abT) * beta) * z.values()[0];
            }
        }
        // The same numbers by another formula, in float64.
        assertThat(made.values()[0]).isCloseTo(x, within(1e-13));
    }

    @Test
    void withoutEtaNothingIsDrawn() {
        assertThat(draws("0", 1, .5, 0)).isZero();
    }

    @Test
    void withEtaOneNormalIsDrawnInEveryStepThatEndsInNoise() {
        assertThat(draws("0.5", 2, 1, .5, 0)).isEqualTo(2);
        assertThat(draws("0.5", 2, 1, .5)).isEqualTo(2);
    }

    private static int draws(String eta, double... ratios) {
        TestRun run = new TestRun(1);
        ddim("eta", eta)
                .sample(
                        GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP),
                        NoiseGrid.of(Coordinates.VP, ratios),
                        DoubleTensor.of(.5),
                        run);
        return run.draws();
    }

    @Test
    void startsFromPureNoiseWhereTheNetworkCan() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VP, Double.POSITIVE_INFINITY, 1, 0);
        for (String eta : new String[] {"0", "1"}) {
            DoubleTensor x = DoubleTensor.of(.5);
            ddim("eta", eta).sample(GAUSSIAN.denoiser(Output.V, Coordinates.VP), grid, x, new TestRun(1));
            assertThat(x.values()[0]).isFinite();
        }
    }

    @Test
    void anInversionThatDrawsIsRefused() {
        assertThat(reasons(ddim("eta", "0.5"), NoiseGrid.of(Coordinates.VP, .1, 1))
                        .reasons())
                .containsExactly("eta=0.5 draws noise: from data to noise only eta=0 runs");
        assertThat(reasons(ddim("eta", "0.5"), NoiseGrid.of(Coordinates.VP, 1, .1))
                        .reasons())
                .isEmpty();
    }

    private static Refusals reasons(DiffusionSampler sampler, NoiseGrid grid) {
        Denoiser network = GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP);
        Refusals refuse = new Refusals();
        sampler.check(network, grid, DoubleTensor.of(0), refuse);
        return refuse;
    }

    @Test
    void offersDdimUnderTheNamesThatDiffusersGaveIt() {
        Offer<?> offer = new DdimContribution().offers().get(0);
        assertThat(offer.name()).isEqualTo("ddim");
        assertThat(offer.aliases()).containsExactly("DDIMScheduler", "DDIMInverseScheduler");
        assertThat(offer.order()).hasValue(1);
    }
}
