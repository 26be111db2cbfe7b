package io.sampler4j.plugins.dpmsolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.testing.Convergence;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.GaussianMixture;
import io.sampler4j.api.testing.GaussianMixture.Output;
import io.sampler4j.api.testing.NetworkDenoiser;
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DpmSolversTest {
    private static final GaussianMixture GAUSSIAN = GaussianMixture.gaussian(.3, .6);

    /** A sampler by its name and options, such as "unipc order=3 variant=bh1". */
    static DiffusionSampler named(String text) {
        String[] parts = text.split(" ");
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < parts.length; i++) options.put(parts[i].split("=")[0], parts[i].split("=")[1]);
        return TextOptions.make(new DpmSolvers(), DiffusionSampler.class, parts[0], options);
    }

    private static double errorOf(DiffusionSampler sampler, int steps) {
        return Convergence.ofSampling(sampler, Output.EPSILON, Coordinates.VP, 1.5, steps);
    }

    private static double slope(double coarse, double fine) {
        return Math.log(coarse / fine) / Math.log(2);
    }

    @ParameterizedTest
    @CsvSource({
        "dpmpp-2m, 2",
        "dpmpp-2m solver=heun, 2",
        "dpmpp-2m lower-final=true, 2",
        "dpmpp-3m, 2",
        "dpmpp-3m curvature=half, 2",
        "dpmpp-2m-sde eta=0, 2",
        "dpmpp-3m-sde eta=0, 2",
        "dpmpp-2s, 2",
        "dpmpp-2s solver=heun, 2",
        "dpmpp-2s inner=grid, 2",
        "dpmpp-3s, 3",
        "dpmpp-3s solver=heun, 3",
        "dpmpp-2s-ancestral eta=0, 2",
        "dpmpp-sde eta=0, 2",
        "deis, 2",
        "deis order=1, 1",
        "deis order=3, 2",
        "unipc lower-final=false, 3",
        "unipc variant=bh1 lower-final=false, 3",
        "unipc corrector=false lower-final=false, 2",
        "unipc order=1 lower-final=false, 2",
        "unipc order=3 lower-final=false, 3",
        "sa-solver tau=0 lower-final=false, 2",
        "sa-solver tau=0 slope=exact lower-final=false, 2",
        "sa-solver tau=0 predictor=2 corrector=3 lower-final=false, 3",
        "sa-solver tau=0 predictor=3 corrector=0 lower-final=false, 2"
    })
    void theErrorFallsAtTheOrderOfTheWholeRunAndIsTheSameForEveryNetwork(String text, int order) {
        DiffusionSampler sampler = named(text);
        int steps = 256;
        double coarse = errorOf(sampler, steps);
        assertThat(slope(coarse, errorOf(sampler, 2 * steps))).isCloseTo(order, within(.15));
        for (Output says : new Output[] {Output.X0, Output.V, Output.VELOCITY, Output.SCORE}) {
            for (Coordinates own : new Coordinates[] {Coordinates.VP, Coordinates.VE, Coordinates.FLOW}) {
                // Rounding alone: 1e-13 of values of 5, on errors down to 1e-8.
                assertThat(Convergence.ofSampling(sampler, says, own, 1.5, steps) / coarse)
                        .isCloseTo(1, within(1e-4));
            }
        }
        assertThat(Convergence.ofSampling(sampler, Output.F, Coordinates.VE, 1.5, steps) / coarse)
                .isCloseTo(1, within(1e-4));
    }

    /** A unipc run at its defaults ends with a step of order 1, which bounds it at 2 but is small: 2.2 at 1,000 steps. */
    @Test
    void theLoweredLastStepOfUnipcIsWhatBoundsItAtTwo() {
        DiffusionSampler sampler = named("unipc");
        assertThat(slope(errorOf(sampler, 4096), errorOf(sampler, 8192))).isCloseTo(2, within(.15));
    }

    @ParameterizedTest
    @CsvSource({
        "dpmpp-2m, 3",
        "dpmpp-2m solver=heun, 3",
        "dpmpp-3m, 4",
        "dpmpp-3m curvature=half, 3",
        "dpmpp-2s, 3",
        "dpmpp-3s, 4",
        "deis lower-final=false, 3",
        "deis order=3 lower-final=false, 4",
        "deis order=4 lower-final=false, 5",
        "unipc corrector=false order=3 lower-final=false, 4",
        "sa-solver tau=0 predictor=4 corrector=0 lower-final=false, 5"
    })
    void fromExactStartingValuesOneStepHasItsLocalOrder(String text, int order) {
        double slope = slope(localError(named(text), .02), localError(named(text), .01));
        assertThat(slope).isCloseTo(order, within(.15));
    }

    /** The error of the fourth step of length h in lambda, from sigma/alpha .6, after three whose ends are made exact. */
    private static double localError(DiffusionSampler sampler, double h) {
        double[] ratios = new double[5];
        for (int i = 0; i < 5; i++) ratios[i] = .6 * Math.exp((3 - i) * h);
        NoiseGrid levels = NoiseGrid.of(Coordinates.VP, ratios);
        NoiseGrid grid = sampler.needs().coordinates().map(levels::in).orElse(levels);
        double[][] exact = new double[5][16];
        for (int i = 0; i < 5; i++) {
            for (int k = 0; k < 16; k++) {
                double start = GaussianMixture.THREE.quantile((k + .5) / 16, ratios[0]);
                exact[i][k] = grid.alpha(i) * GaussianMixture.THREE.transport(start, ratios[0], ratios[i]);
            }
        }
        DoubleTensor x = DoubleTensor.of(exact[0].clone());
        TestRun noiseless = new TestRun(1);
        sampler.sample(GaussianMixture.THREE.denoiser(Output.V, Coordinates.VP), grid, x, new TensorRun() {
            @Override
            public Noise noise() {
                return noiseless;
            }

            @Override
            public void step(int i, Tensor state) {
                if (i < 3) System.arraycopy(exact[i + 1], 0, ((DoubleTensor) state).values(), 0, 16);
            }
        });
        double worst = 0;
        for (int k = 0; k < 16; k++) worst = Math.max(worst, Math.abs(x.values()[k] - exact[4][k]));
        return worst;
    }

    @Test
    void moreAnswersMakeDeisBetterAlthoughItsFirstStepBoundsTheOrderAtTwo() {
        double two = Convergence.ofSampling(named("deis lower-final=false"), Output.EPSILON, Coordinates.VP, 64);
        double three =
                Convergence.ofSampling(named("deis order=3 lower-final=false"), Output.EPSILON, Coordinates.VP, 64);
        assertThat(three).isLessThan(two / 2);
    }

    @ParameterizedTest
    @CsvSource({"dpmpp-2m, 2", "dpmpp-2s, 2", "dpmpp-3s, 3", "deis lower-final=false, 2", "unipc lower-final=false, 3"})
    void onTheReversedGridTheyAreInversionsOfTheSameOrder(String text, int order) {
        double coarse = Convergence.ofInversion(named(text), Output.EPSILON, Coordinates.VP, 256);
        double fine = Convergence.ofInversion(named(text), Output.EPSILON, Coordinates.VP, 512);
        assertThat(slope(coarse, fine)).isCloseTo(order, within(.15));
    }

    private static List<String> everything() {
        return new DpmSolvers().offers().stream().map(Offer::name).toList();
    }

    @Test
    void theStepToTheDataGivesTheEstimateOfTheDataForAll() {
        for (String name : everything()) {
            DoubleTensor x = DoubleTensor.of(.9);
            NoiseGrid grid = NoiseGrid.of(Coordinates.VE, .5, 0);
            named(name).sample(GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP), grid, x, new TestRun(1));
            // E[x0 | x] of a Gaussian; two formulas in float64.
            assertThat(x.values()[0]).as(name).isCloseTo(.3 + .36 / (.36 + .25) * (.9 - .3), within(1e-14));
        }
    }

    @Test
    void afterSeveralStepsTheLastToTheDataIsFiniteForEveryVariant() {
        for (String text : List.of(
                "unipc variant=bh1",
                "unipc order=3 lower-final=false",
                "dpmpp-3m",
                "dpmpp-3s inner=grid",
                "dpmpp-2s inner=grid",
                "sa-solver",
                "deis order=4 lower-final=false",
                "dpmpp-3m-sde",
                "dpmpp-sde")) {
            DoubleTensor x = DoubleTensor.of(2);
            NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 9, 5, 2, 1, .4, .1, 0);
            named(text).sample(GAUSSIAN.denoiser(Output.F, Coordinates.VE), grid, x, new TestRun(1));
            assertThat(Math.abs(x.values()[0])).as(text).isBetween(0., 5.);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"dpmpp-2m", "dpmpp-3m", "dpmpp-2s", "dpmpp-2s inner=grid", "dpmpp-3s", "unipc", "sa-solver tau=0"
            })
    void fromPureNoiseTheyBeginWithOneExactStep(String text) {
        NoiseGrid grid = NoiseGrid.of(Coordinates.FLOW, Double.POSITIVE_INFINITY, 1);
        DoubleTensor x = DoubleTensor.of(.8);
        named(text).sample(GAUSSIAN.denoiser(Output.VELOCITY, Coordinates.FLOW), grid, x, new TestRun(1));
        // alpha' x0 + sigma' eps with x0 the mean of the data, eps = x.
        assertThat(x.values()[0]).isCloseTo(.5 * .3 + .5 * .8, within(1e-14));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dpmpp-2m", "dpmpp-3m", "unipc", "unipc order=3", "dpmpp-2s", "dpmpp-3s inner=grid"})
    void aRunFromPureNoiseReachesTheExactSolution(String text) {
        // t = 1 to 0.02 of a flow; 300 steps, of which the first is exact.
        double[] ratios = new double[301];
        for (int i = 0; i < ratios.length; i++) {
            double t = 1 - .98 * i / 300;
            ratios[i] = t / (1 - t);
        }
        NoiseGrid grid = NoiseGrid.of(Coordinates.FLOW, ratios);
        DoubleTensor x = DoubleTensor.of(.8);
        named(text).sample(GAUSSIAN.denoiser(Output.VELOCITY, Coordinates.FLOW), grid, x, new TestRun(1));
        // The ODE keeps quantiles: x = alpha m + sqrt(alpha^2 d^2 + sigma^2) q, and q = .8 at alpha = 0.
        double exact = .98 * .3 + Math.hypot(.98 * .6, .02) * .8;
        assertThat(x.values()[0]).isCloseTo(exact, within(2e-3));
    }

    @ParameterizedTest
    @CsvSource({
        "dpmpp-2m-sde, 200",
        "dpmpp-2m-sde solver=heun, 200",
        "dpmpp-3m-sde, 200",
        "dpmpp-2s-ancestral, 200",
        "dpmpp-sde, 400",
        "sa-solver, 200",
        "sa-solver tau=0.6 predictor=3 corrector=4, 200"
    })
    void stochasticSamplesHaveTheDataMeanAndWidth(String text, int draws) {
        Convergence.Moments made = Convergence.ofGaussian(named(text), .3, .6, 200);
        // Sampling error of the mean .004, of the deviation .003; the rest is for the steps.
        assertThat(made.mean()).isCloseTo(.3, within(.015));
        assertThat(made.deviation()).isCloseTo(.6, within(.015));
        assertThat(made.draws()).isEqualTo(draws);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dpmpp-2m-sde",
                "dpmpp-3m-sde",
                "dpmpp-3m-sde curvature=half",
                "dpmpp-2s-ancestral",
                "dpmpp-sde",
                "sa-solver"
            })
    void stochasticSamplesOfAMixtureAreAsNearToItAsItsOwn(String text) {
        int n = 20_000;
        DoubleTensor x = DoubleTensor.zeros(1, n);
        new TestRun(10).normal(x);
        double[] means = {-1.2, -1.2, -1.2, .4, .4, .4, .4, .4, 1.5, 1.5};
        for (int i = 0; i < n; i++) {
            x.values()[i] = means[i % 10] + Math.hypot(.35, Convergence.HIGH) * x.values()[i];
        }
        NoiseGrid grid = Convergence.grid(Coordinates.VE, 100);
        named(text).sample(GaussianMixture.THREE.denoiser(Output.EPSILON, Coordinates.VE), grid, x, new TestRun(11));
        double[] made = x.values().clone();
        Arrays.sort(made);
        // Wasserstein-1 is the area between the two distribution functions.
        double distance = 0, dx = .01;
        int below = 0;
        for (double at = -5; at < 5; at += dx) {
            while (below < n && made[below] <= at) below++;
            distance += Math.abs((double) below / n - GaussianMixture.THREE.cdf(at, Convergence.LOW)) * dx;
        }
        // 20,000 draws of the mixture itself are at about deviation / sqrt(n) = .007; the rest is for the steps.
        assertThat(distance).isLessThan(.02);
    }

    @Test
    void onOneBrownianPathTheNoiseOfAStepHasTheRightVarianceWhateverTheStepsInside() {
        // x0 known to be 0 (a point mass): after one step x is noise alone, of variance down^2 / t^2 x^2 + up^2.
        GaussianMixture point = GaussianMixture.gaussian(0, 1e-9);
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 2, .5);
        double[] zeros = new double[20_000];
        DoubleTensor x = DoubleTensor.of(zeros);
        named("dpmpp-sde").sample(point.denoiser(Output.EPSILON, Coordinates.VE), grid, x, new TestRun(7));
        double square = 0;
        for (double v : x.values()) square += v * v / zeros.length;
        double up = .5 * Math.sqrt(1 - .0625);
        // The variance of 20,000 squares: 1 %.
        assertThat(square).isCloseTo(up * up, within(.03 * up * up));
    }

    @Test
    void withoutNoiseTheStochasticFormsAreTheirOdes() {
        for (String[] pair : new String[][] {
            {"dpmpp-2m-sde eta=0", "dpmpp-2m"},
            {"dpmpp-3m-sde eta=0", "dpmpp-3m solver=heun"},
            {"dpmpp-2s-ancestral eta=0", "dpmpp-sde eta=0"},
            {"sa-solver tau=0 corrector=0 slope=exact lower-final=false", "dpmpp-2m solver=heun"},
            {"sa-solver tau=0 corrector=3", "unipc variant=bh1"}
        }) {
            NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 5, 3, 1, .5, .2, 0);
            DoubleTensor a = DoubleTensor.of(2), b = DoubleTensor.of(2);
            TestRun run = new TestRun(1);
            NetworkDenoiser D = GAUSSIAN.denoiser(Output.V, Coordinates.VP);
            named(pair[0]).sample(D, grid, a, run);
            named(pair[1]).sample(D, grid, b, run);
            assertThat(a.values()[0]).as(pair[0]).isCloseTo(b.values()[0], within(1e-14));
            assertThat(run.draws()).isZero();
        }
    }

    @Test
    void evaluationsAreThoseOffered() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 5, 3, 1, .5, .2, 0);
        for (Offer<?> offer : new DpmSolvers().offers()) {
            NetworkDenoiser D = GAUSSIAN.denoiser(Output.V, Coordinates.VP);
            TestRun run = new TestRun(1);
            named(offer.name()).sample(D, grid, DoubleTensor.of(2), run);
            int perStep = (int) offer.nfePerStep().orElseThrow();
            assertThat(D.evaluations()).as(offer.name()).isEqualTo(4 * perStep + 1);
            assertThat(run.steps()).as(offer.name()).containsExactly(0, 1, 2, 3, 4);
        }
        for (String inner : List.of("dpmpp-2s inner=grid", "dpmpp-3s inner=grid")) {
            NetworkDenoiser D = GAUSSIAN.denoiser(Output.V, Coordinates.VP);
            TestRun run = new TestRun(1);
            named(inner).sample(D, grid, DoubleTensor.of(2), run);
            assertThat(D.evaluations()).isEqualTo(5);
            assertThat(run.steps()).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @Test
    void whatCannotWorkIsRefusedWithItsRemedy() {
        NoiseGrid up = NoiseGrid.of(Coordinates.VE, 0, .1, 1);
        for (String name : everything()) {
            assertThat(reasons(name, up)).as(name).first().asString().contains("cannot start at sigma = 0");
            assertThat(reasons(name, up.reversed())).as(name).isEmpty();
        }
        NoiseGrid inner = NoiseGrid.of(Coordinates.VE, .1, .5, 1);
        for (String name : List.of("dpmpp-2m-sde", "dpmpp-3m-sde", "dpmpp-2s-ancestral", "dpmpp-sde", "sa-solver")) {
            assertThat(reasons(name, inner)).as(name).singleElement().asString().contains("draws noise");
        }
        assertThat(reasons("sa-solver tau=0", inner)).isEmpty();
    }

    @Test
    void anOrderThatTheStepsDoNotReachIsRefusedWithTheOneTheyDo() {
        NoiseGrid two = NoiseGrid.of(Coordinates.VE, 3, 1, 0);
        for (String text : List.of("deis order=3", "unipc order=3", "sa-solver predictor=3")) {
            String option = text.substring(text.indexOf(' ') + 1, text.indexOf('='));
            assertThat(reasons(text, two))
                    .as(text)
                    .singleElement()
                    .asString()
                    .contains("3 steps together, and this run has 2: take " + option + "=2, or more steps");
        }
        assertThat(reasons("dpmpp-3m", two)).isEmpty();
    }

    private static List<String> reasons(String text, NoiseGrid grid) {
        Refusals refuse = new Refusals();
        named(text).check(GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP), grid, DoubleTensor.of(0), refuse);
        return refuse.reasons();
    }
}
