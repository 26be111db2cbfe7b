package io.sampler4j.plugins.dpmsolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Refusals;
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
    private static DiffusionSampler named(String text) {
        String[] parts = text.split(" ");
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < parts.length; i++) options.put(parts[i].split("=")[0], parts[i].split("=")[1]);
        return TextOptions.make(new DpmSolvers(), DiffusionSampler.class, parts[0], options);
    }

    private static double errorOf(DiffusionSampler sampler, int steps) {
        return Convergence.ofSampling(sampler, Output.EPSILON, Coordinates.VP, steps);
    }

    @ParameterizedTest
    @CsvSource({
        "dpmpp-2m, 2",
        "dpmpp-2m solver=heun, 2",
        "dpmpp-3m, 3",
        "dpmpp-2m-sde eta=0, 2",
        "dpmpp-3m-sde eta=0, 3",
        "dpmpp-2s, 2",
        "dpmpp-2s solver=heun, 2",
        "dpmpp-2s inner=grid, 2",
        "dpmpp-3s, 3",
        "dpmpp-3s inner=grid, 3",
        "dpmpp-2s-ancestral eta=0, 2",
        "dpmpp-sde eta=0, 2",
        "deis lower-final=false, 2",
        "deis order=1, 1",
        "unipc lower-final=false, 3",
        "unipc variant=bh1 lower-final=false, 3",
        "unipc corrector=false lower-final=false, 2",
        "unipc order=1 lower-final=false, 2",
        "unipc order=3 lower-final=false, 4",
        "sa-solver tau=0 lower-final=false, 2",
        "sa-solver tau=0 slope=exact lower-final=false, 2",
        "sa-solver tau=0 predictor=3 corrector=4 lower-final=false, 4",
        "sa-solver tau=0 predictor=3 corrector=0 lower-final=false, 3"
    })
    void theErrorFallsAtTheDeclaredOrderAndIsTheSameForEveryNetwork(String text, int order) {
        DiffusionSampler sampler = named(text);
        // Orders of 3 and 4 reach their slope late on this grid and rounding soon: 384 steps lie between.
        int steps = order > 2 ? 384 : 256;
        double coarse = errorOf(sampler, steps), fine = errorOf(sampler, 2 * steps);
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, within(order > 2 ? .3 : .15));
        for (Output says : new Output[] {Output.X0, Output.V, Output.VELOCITY, Output.SCORE}) {
            for (Coordinates own : new Coordinates[] {Coordinates.VP, Coordinates.VE, Coordinates.FLOW}) {
                // Rounding alone: 1e-13 of values of 20, on errors down to 1e-8.
                assertThat(Convergence.ofSampling(sampler, says, own, steps) / coarse)
                        .isCloseTo(1, within(1e-3));
            }
        }
        assertThat(Convergence.ofSampling(sampler, Output.F, Coordinates.VE, steps) / coarse)
                .isCloseTo(1, within(1e-3));
    }

    @Test
    void moreAnswersMakeDeisBetterAlthoughItsFirstStepBoundsTheOrderAtTwo() {
        double two = errorOf(named("deis lower-final=false"), 64);
        double three = errorOf(named("deis order=3 lower-final=false"), 64);
        assertThat(three).isLessThan(two / 2);
    }

    @ParameterizedTest
    @CsvSource({"dpmpp-2m, 2", "dpmpp-2s, 2", "dpmpp-3s, 3", "deis lower-final=false, 2", "unipc lower-final=false, 3"})
    void onTheReversedGridTheyAreInversionsOfTheSameOrder(String text, int order) {
        double coarse = Convergence.ofInversion(named(text), Output.EPSILON, Coordinates.VP, 256);
        double fine = Convergence.ofInversion(named(text), Output.EPSILON, Coordinates.VP, 512);
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, within(order > 2 ? .3 : .15));
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
            {"dpmpp-3m-sde eta=0", "dpmpp-3m"},
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
        NoiseGrid up = NoiseGrid.of(Coordinates.VE, 0, 1);
        for (String name : everything()) {
            assertThat(reasons(name, up)).as(name).first().asString().contains("cannot start at sigma = 0");
            assertThat(reasons(name, up.reversed())).as(name).isEmpty();
        }
        NoiseGrid inner = NoiseGrid.of(Coordinates.VE, .1, 1);
        for (String name : List.of("dpmpp-2m-sde", "dpmpp-3m-sde", "dpmpp-2s-ancestral", "dpmpp-sde", "sa-solver")) {
            assertThat(reasons(name, inner)).as(name).singleElement().asString().contains("draws noise");
        }
        assertThat(reasons("sa-solver tau=0", inner)).isEmpty();
    }

    private static List<String> reasons(String text, NoiseGrid grid) {
        Refusals refuse = new Refusals();
        named(text).check(GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP), grid, DoubleTensor.of(0), refuse);
        return refuse.reasons();
    }
}
