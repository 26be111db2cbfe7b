package io.sampler4j.plugins.solvers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseGrid;
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

class SolversTest {
    private static final GaussianMixture GAUSSIAN = GaussianMixture.gaussian(.3, .6);

    private static DiffusionSampler named(String name, Map<String, String> options) {
        return TextOptions.make(new Solvers(), DiffusionSampler.class, name, options);
    }

    /** A sampler by its name and options, such as "lms order=2". */
    private static DiffusionSampler named(String text) {
        String[] parts = text.split(" ");
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < parts.length; i++) options.put(parts[i].split("=")[0], parts[i].split("=")[1]);
        return named(parts[0], options);
    }

    @ParameterizedTest
    @CsvSource({
        "euler, 1",
        "heun, 2",
        "dpm2, 2",
        "euler-ancestral eta=0, 1",
        "dpm2-ancestral eta=0, 2",
        "lms order=1, 1",
        "lms order=2, 2",
        "ipndm order=1, 1",
        "ipndm, 2",
        "pndm, 4"
    })
    void theErrorFallsAtTheDeclaredOrderAndIsTheSameForEveryNetwork(String name, int order) {
        DiffusionSampler sampler = named(name);
        double fine = Convergence.ofSampling(sampler, Output.EPSILON, Coordinates.VP, 512);
        double coarse = Convergence.ofSampling(sampler, Output.EPSILON, Coordinates.VP, 256);
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, within(order > 2 ? .3 : .15));
        for (Output says : new Output[] {Output.X0, Output.V, Output.VELOCITY, Output.SCORE}) {
            for (Coordinates own : new Coordinates[] {Coordinates.VP, Coordinates.VE, Coordinates.FLOW}) {
                // Rounding alone: 1e-13 of values of 20, on errors down to 1e-5.
                assertThat(Convergence.ofSampling(sampler, says, own, 256) / coarse)
                        .isCloseTo(1, within(1e-6));
            }
        }
        assertThat(Convergence.ofSampling(sampler, Output.F, Coordinates.VE, 256) / coarse)
                .isCloseTo(1, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "euler",
                "heun",
                "dpm2",
                "euler-ancestral",
                "dpm2-ancestral",
                "lms",
                "ipndm",
                "pndm skip-prk=true"
            })
    void theStepToTheDataGivesTheEstimateOfTheData(String name) {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, .5, 0);
        DoubleTensor x = DoubleTensor.of(.9);
        named(name).sample(GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP), grid, x, new TestRun(1));
        // E[x0 | x] of a Gaussian; two formulas in float64.
        assertThat(x.values()[0]).isCloseTo(.3 + .36 / (.36 + .25) * (.9 - .3), within(1e-14));
    }

    @ParameterizedTest
    @CsvSource({
        "euler-ancestral, 200",
        "dpm2-ancestral, 200",
        "euler churn=10, 200",
        "heun churn=40, 200",
        "dpm2 churn=40, 200",
        "heun churn=40 churn-min=1e9, 0"
    })
    void samplesWithNoiseHaveTheDataMeanAndWidth(String text, int draws) {
        Convergence.Moments made = Convergence.ofGaussian(named(text), .3, .6, 200);
        // Sampling error of the mean .004, of the deviation .003; the rest is for the first order's 1/200.
        assertThat(made.mean()).isCloseTo(.3, within(.02));
        assertThat(made.deviation()).isCloseTo(.6, within(.03));
        assertThat(made.draws()).isEqualTo(draws);
    }

    @Test
    void churnDrawsWithinItsIntervalOnly() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 9, 4, 2, 1, .5, .1, 0);
        TestRun run = new TestRun(1);
        named("euler churn=40 churn-min=.5 churn-max=4")
                .sample(GAUSSIAN.denoiser(Output.V, Coordinates.VP), grid, DoubleTensor.of(2), run);
        assertThat(run.draws()).isEqualTo(4);
    }

    @Test
    void moreAnswersMakeLmsBetterAlthoughItsFirstStepBoundsTheOrderAtTwo() {
        double[] errors = new double[4];
        for (int order = 2; order <= 3; order++) {
            DiffusionSampler sampler = named("lms order=" + order);
            errors[order] = Convergence.ofSampling(sampler, Output.EPSILON, Coordinates.VP, 64);
        }
        assertThat(errors[3]).isLessThan(errors[2] / 2);
    }

    @Test
    void onEvenStepsTheMultistepWeightsAreThoseOfAdamsAndBashforth() {
        DoubleTensor x = DoubleTensor.of(0);
        Past past = new Past(GAUSSIAN.denoiser(Output.V, Coordinates.VP), x, 4);
        for (double at : new double[] {900, 800, 700, 600}) past.push(at);
        assertThat(past.adams(4, 600, 500))
                .containsExactly(new double[] {55 / 24., -59 / 24., 37 / 24., -9 / 24.}, within(1e-13));
    }

    @Test
    void pndmTakesFourEvaluationsInEachOfItsFirstThreeSteps() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 9, 7, 5, 3, 1, 0);
        for (String[] expected : new String[][] {{"pndm", "14"}, {"pndm skip-prk=true", "6"}}) {
            NetworkDenoiser D = GAUSSIAN.denoiser(Output.V, Coordinates.VP);
            TestRun run = new TestRun(1);
            named(expected[0]).sample(D, grid, DoubleTensor.of(2), run);
            assertThat(D.evaluations()).isEqualTo(Integer.parseInt(expected[1]));
            assertThat(run.steps()).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lms", "pndm", "ipndm"})
    void aLevelThatIsRepeatedMovesNothing(String name) {
        double[] levels = {9, 7, 5, 3, 1, .5};
        DoubleTensor once = DoubleTensor.of(2), twice = DoubleTensor.of(2);
        sample(name, once, levels);
        sample(name, twice, 9, 7, 5, 3, 1, .5, .5);
        assertThat(twice.values()[0]).isEqualTo(once.values()[0]);
    }

    private static void sample(String name, DoubleTensor x, double... levels) {
        NetworkDenoiser D = GAUSSIAN.denoiser(Output.V, Coordinates.VP);
        named(name).sample(D, NoiseGrid.of(Coordinates.VE, levels), x, new TestRun(1));
    }

    @ParameterizedTest
    @CsvSource({"euler,1", "heun,2", "dpm2,2"})
    void onTheReversedGridTheyAreInversionsOfTheSameOrder(String name, int order) {
        double coarse = Convergence.ofInversion(named(name), Output.EPSILON, Coordinates.VP, 256);
        double fine = Convergence.ofInversion(named(name), Output.EPSILON, Coordinates.VP, 512);
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, within(.15));
    }

    @Test
    void whatCannotWorkIsRefusedWithItsRemedy() {
        NoiseGrid up = NoiseGrid.of(Coordinates.VE, 0, 1);
        assertThat(reasons("euler-ancestral", up))
                .containsExactly("eta=1.0 draws noise: from data to noise only eta=0 runs");
        assertThat(reasons("dpm2-ancestral", up)).hasSize(1);
        for (String name : List.of("euler", "heun", "dpm2")) {
            assertThat(reasons(name + " churn=3", up))
                    .containsExactly("churn=3.0 draws noise: from data to noise only churn=0 runs");
            assertThat(reasons(name, up)).isEmpty();
        }
        assertThat(reasons("euler-ancestral", up.reversed())).isEmpty();
        for (String name : List.of("lms", "ipndm")) {
            assertThat(reasons(name, up)).singleElement().asString().contains("has 1: take order=1, or more steps");
            assertThat(reasons(name + " order=1", up)).isEmpty();
        }
    }

    private static List<String> reasons(String name, NoiseGrid grid) {
        Refusals refuse = new Refusals();
        named(name).check(GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP), grid, DoubleTensor.of(0), refuse);
        return refuse.reasons();
    }

    @Test
    void withoutEtaAncestralIsEuler() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 5, 1, .2, 0);
        DoubleTensor a = DoubleTensor.of(2), b = DoubleTensor.of(2);
        TestRun run = new TestRun(1);
        named("euler-ancestral", Map.of("eta", "0")).sample(GAUSSIAN.denoiser(Output.V, Coordinates.VP), grid, a, run);
        named("euler").sample(GAUSSIAN.denoiser(Output.V, Coordinates.VP), grid, b, run);
        assertThat(a.values()[0]).isCloseTo(b.values()[0], within(1e-15));
        assertThat(run.draws()).isZero();
    }
}
