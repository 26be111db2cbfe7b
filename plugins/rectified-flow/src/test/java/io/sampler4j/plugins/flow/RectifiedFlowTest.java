package io.sampler4j.plugins.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RectifiedFlowTest {
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
        return TextOptions.make(
                        new FlowContribution(),
                        NoiseScheduler.class,
                        "flow",
                        options.length == 0 ? Map.of() : Map.of(options[0], options[1]))
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
