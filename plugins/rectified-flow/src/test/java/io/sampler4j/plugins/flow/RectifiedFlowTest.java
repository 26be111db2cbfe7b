package io.sampler4j.plugins.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
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

class RectifiedFlowTest {
    private static final double PURE = Double.POSITIVE_INFINITY;
    private static final GaussianMixture GAUSSIAN = GaussianMixture.gaussian(.3, .6);

    private static DiffusionSampler flow(String method) {
        return TextOptions.make(
                new FlowContribution(), DiffusionSampler.class, "rectified-flow", Map.of("method", method));
    }

    @ParameterizedTest
    @CsvSource({"euler,1", "midpoint,2", "heun,2", "rk4,4"})
    void theErrorFallsAtTheOrderOfTheMethod(String method, int order) {
        DiffusionSampler sampler = flow(method);
        double coarse = Convergence.ofSampling(sampler, Output.VELOCITY, Coordinates.FLOW, 256);
        double fine = Convergence.ofSampling(sampler, Output.VELOCITY, Coordinates.FLOW, 512);
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, within(.15));
        // The same for another network, but for rounding; rk4's error is near 1e-8.
        assertThat(Convergence.ofSampling(sampler, Output.EPSILON, Coordinates.VP, 256) / coarse)
                .isCloseTo(1, within(1e-3));
    }

    @ParameterizedTest
    @CsvSource({"euler,1", "midpoint,2", "heun,2", "rk4,4"})
    void onTheReversedGridItIsTheInversionOfTheSameOrder(String method, int order) {
        double coarse = Convergence.ofInversion(flow(method), Output.VELOCITY, Coordinates.FLOW, 256);
        double fine = Convergence.ofInversion(flow(method), Output.VELOCITY, Coordinates.FLOW, 512);
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, within(.15));
    }

    @Test
    void theStraightPathsOfOnePointAreExactInOneStep() {
        GaussianMixture point = GaussianMixture.gaussian(.7, 0);
        for (String method : List.of("euler", "midpoint")) {
            DoubleTensor x = DoubleTensor.of(-1.3);
            flow(method)
                    .sample(
                            point.denoiser(Output.VELOCITY, Coordinates.FLOW),
                            NoiseGrid.of(Coordinates.FLOW, Double.POSITIVE_INFINITY, 0),
                            x,
                            new TestRun(1));
            assertThat(x.values()[0]).as(method).isCloseTo(.7, within(1e-15));
        }
    }

    @Test
    void whereTheNetworkHasNoAnswerAtTheDataTheLastStepIsEulers() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.FLOW, 2, 1, 0);
        NetworkDenoiser x0 = GAUSSIAN.denoiser(Output.X0, Coordinates.FLOW);
        flow("heun").sample(x0, grid, DoubleTensor.of(.5), new TestRun(1));
        assertThat(x0.evaluations()).isEqualTo(3);
        NetworkDenoiser velocity = GAUSSIAN.denoiser(Output.VELOCITY, Coordinates.FLOW);
        flow("heun").sample(velocity, grid, DoubleTensor.of(.5), new TestRun(1));
        assertThat(velocity.evaluations()).isEqualTo(4);
    }

    private record Known(double highest, List<Integer> sampleShape) implements NoiseProcess {
        @Override
        public Coordinates coordinates() {
            return Coordinates.FLOW;
        }

        @Override
        public double lowest() {
            return 0;
        }

        @Override
        public int trainingSteps() {
            return 0;
        }

        @Override
        public NoiseLevel atTime(double time) {
            return Coordinates.FLOW.at(time / (1 - time));
        }
    }

    private static NoiseGrid grid(int steps, String... options) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) given.put(options[i], options[i + 1]);
        return TextOptions.make(new FlowContribution(), NoiseScheduler.class, "flow", given)
                .grid(new Known(Double.POSITIVE_INFINITY, List.of(16, 128, 128)), steps);
    }

    @Test
    void timesAreEvenAndShiftedOnce() {
        NoiseGrid even = grid(4), shifted = grid(4, "shift", "3");
        for (int i = 0; i <= 4; i++) {
            double t = 1 - i / 4.;
            assertThat(even.sigma(i)).isCloseTo(t, within(1e-15));
            assertThat(shifted.sigma(i)).isCloseTo(3 * t / (1 + 2 * t), within(1e-15)); // Esser et al. 2024, eq. 23
        }
    }

    /** Printed by diffusers 0.42.1, FlowMatchEulerDiscreteScheduler, in float32. */
    @ParameterizedTest
    @CsvSource({
        "t-min=.001, 1 .888999999 .777999997 .666999996 .555999994 .444999993 .333999991 .223000005 .112000003 .00100000005 0",
        "mu=.8, 1 .89901197 .769495547 .597373903 .357485533 0",
        "mu=.8 shift-type=linear, 1 .761904836 .545454562 .347826093 .166666657 0",
        "mu=.8 terminal=.1, 1 .858541369 .677121639 .436022818 .100000024 0",
        "shift=3, 1 .923076987 .818181813 .666666687 .428571463 0",
        "t-min=.001 terminal=.1, 1 .774999976 .550000012 .324999988 .100000001 0"
    })
    void theLevelsAreTheReferences(String options, String list) {
        double[] expected =
                Arrays.stream(list.split(" ")).mapToDouble(Double::parseDouble).toArray();
        String[] given = options.split("[ =]");
        NoiseGrid made = grid(expected.length - 1, given);
        for (int i = 0; i < expected.length; i++) {
            assertThat(made.sigma(i)).as("level %d", i).isCloseTo(expected[i], within(2e-7));
        }
    }

    /** The reference applies its static shift to levels whose ends are shifted already; its last level is .0089286. */
    @Test
    void theStaticShiftIsAppliedOnceWhereTheReferenceAppliesItTwice() {
        double last = grid(10, "shift", "3", "t-min", ".001").sigma(9);
        assertThat(last).isCloseTo(.003 / 1.002, within(1e-15));
    }

    @Test
    void aShiftThatLeavesNoRoomIsRefused() {
        assertThatThrownBy(() -> grid(4, "shift-type", "linear"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("takes mu as the shift");
        assertThatThrownBy(() -> grid(4, "patch", "2", "max-patches", "100"))
                .hasMessageContaining("above base-patches");
        assertThatThrownBy(() -> TextOptions.make(
                                new FlowContribution(), NoiseScheduler.class, "flow", Map.of("shift", "100"))
                        .grid(new Known(9, List.of(1)), 3))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("lower the shift");
    }

    private static DiffusionSampler stochastic() {
        return TextOptions.make(
                new FlowContribution(), DiffusionSampler.class, "rectified-flow", Map.of("stochastic", "true"));
    }

    /** E[x0 | x] = m + k (x - alpha m) keeps the mean, and the variance follows V' = (alpha' k)^2 V + sigma'^2. */
    @Test
    void stochasticSamplingOfAGaussianHasTheLawOfItsRecursion() {
        double m = .3, w = .6;
        NoiseGrid grid = NoiseGrid.of(Coordinates.FLOW, PURE, 3, 1, .4, .1, 0);
        double variance = 1;
        for (int i = 0; i < grid.steps(); i++) {
            double a = grid.alpha(i), s = grid.sigma(i), k = a * w * w / (a * a * w * w + s * s);
            variance = Math.pow(grid.alpha(i + 1) * k, 2) * variance + Math.pow(grid.sigma(i + 1), 2);
        }
        DoubleTensor x = DoubleTensor.zeros(1, 40_000);
        new TestRun(3).normal(x);
        TestRun run = new TestRun(4);
        stochastic().sample(GAUSSIAN.denoiser(Output.VELOCITY, Coordinates.FLOW), grid, x, run);
        double mean = Arrays.stream(x.values()).average().orElseThrow();
        double square = Arrays.stream(x.values())
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElseThrow();
        // Sampling error of 40,000 draws: of the mean .0025, of the deviation .002.
        assertThat(mean).isCloseTo(m, within(.01));
        assertThat(Math.sqrt(square)).isCloseTo(Math.sqrt(variance), within(.008));
        assertThat(run.draws()).as("one in each step, as the reference").isEqualTo(5);
    }

    @Test
    void stochasticSamplingIsEulersAloneAndInvertsNothing() {
        assertThatThrownBy(() -> TextOptions.make(
                        new FlowContribution(),
                        DiffusionSampler.class,
                        "rectified-flow",
                        Map.of("stochastic", "true", "method", "rk4")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("leave one away");
        Refusals refuse = new Refusals();
        stochastic()
                .check(
                        GAUSSIAN.denoiser(Output.VELOCITY, Coordinates.FLOW),
                        NoiseGrid.of(Coordinates.FLOW, .1, 1),
                        DoubleTensor.of(0),
                        refuse);
        assertThat(refuse.reasons()).hasSize(1);
    }

    /** From data to pure noise and back. */
    @ParameterizedTest
    @CsvSource({"euler, .05", "midpoint, 2e-4", "heun, 3e-4", "rk4, 1e-8"})
    void anInversionLeadsToNoiseThatLeadsBack(String method, double within) {
        double[] ratios = new double[101];
        for (int i = 0; i <= 100; i++) ratios[i] = i == 0 ? PURE : (100. - i) / i;
        NoiseGrid down = NoiseGrid.of(Coordinates.FLOW, ratios);
        DoubleTensor x = DoubleTensor.of(-.5, .3, 1.2);
        flow(method).sample(GAUSSIAN.denoiser(Output.VELOCITY, Coordinates.FLOW), down.reversed(), x, new TestRun(1));
        // The noise of a Gaussian's picture is its standard score.
        for (int i = 0; i < 3; i++) {
            double score = (new double[] {-.5, .3, 1.2}[i] - .3) / .6;
            assertThat(x.values()[i]).isCloseTo(score, within(Math.max(within, 1e-7)));
        }
        flow(method).sample(GAUSSIAN.denoiser(Output.VELOCITY, Coordinates.FLOW), down, x, new TestRun(1));
        assertThat(x.values()).containsExactly(new double[] {-.5, .3, 1.2}, within(within));
    }

    @Test
    void aFluxPictureOf4096PatchesHasMu115() {
        assertThat(grid(4, "patch", "2").ratios())
                .containsExactly(grid(4, "mu", "1.15").ratios(), within(1e-12));
    }

    @Test
    void twoShiftsAreRefused() {
        assertThatThrownBy(() -> TextOptions.make(
                        new FlowContribution(), NoiseScheduler.class, "flow", Map.of("shift", "3", "mu", "1")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("shifts once");
    }
}
