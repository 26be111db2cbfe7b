package io.sampler4j.plugins.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.error.DivergedException;
import io.sampler4j.api.testing.Convergence;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.GaussianMixture;
import io.sampler4j.api.testing.GaussianMixture.Output;
import io.sampler4j.api.testing.NetworkDenoiser;
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Dopri5Test {
    private static final GaussianMixture GAUSSIAN = GaussianMixture.gaussian(.3, .6);
    private static final double PURE = Double.POSITIVE_INFINITY;

    private static DiffusionSampler dopri5(String... options) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) given.put(options[i], options[i + 1]);
        return TextOptions.make(new FlowContribution(), DiffusionSampler.class, "dopri5", given);
    }

    /** No worse than plain step control, which was measured at 1.7e-2, 4.5e-4 and 1.1e-6 in 31, 49 and 97 evaluations. */
    @ParameterizedTest
    @CsvSource({"1e-3, 1.7e-2, 31", "1e-5, 4.5e-4, 49", "1e-7, 1.1e-6, 97"})
    void theErrorFallsWithTheTolerance(String tolerance, double error, int evaluations) {
        for (Output says : new Output[] {Output.VELOCITY, Output.EPSILON, Output.X0}) {
            Convergence.Cost made =
                    Convergence.costOfSampling(dopri5("rtol", tolerance, "atol", tolerance), says, Coordinates.VP, 1);
            assertThat(made.error()).as("%s", says).isBetween(error / 10, error);
            assertThat(made.evaluations()).as("%s", says).isBetween(evaluations / 2, evaluations);
        }
    }

    /** Error and number of steps of order 5 hold together: 2^5 = 32 times less error for twice the steps. */
    @Test
    void itIsOfOrderFive() {
        Convergence.Cost rough =
                Convergence.costOfSampling(dopri5("rtol", "1e-10", "atol", "1e-10"), Output.V, Coordinates.VP, 1);
        Convergence.Cost fine =
                Convergence.costOfSampling(dopri5("rtol", "1e-12", "atol", "1e-12"), Output.V, Coordinates.VP, 1);
        double order =
                Math.log(rough.error() / fine.error()) / Math.log((double) fine.evaluations() / rough.evaluations());
        // Steps of unlike length, and some that are tried twice: no exact law, but 4 is told apart.
        assertThat(order).isBetween(4.5, 6.0);
    }

    @Test
    void theInversionIsTheSameOnTheReversedGrid() {
        assertThat(Convergence.ofInversion(dopri5("rtol", "1e-7", "atol", "1e-7"), Output.V, Coordinates.VP, 1))
                .isLessThan(1e-5);
    }

    @Test
    void fromPureNoiseToDataItIsTheExactSolutionWhateverTheGridBetween() {
        NetworkDenoiser D = GAUSSIAN.denoiser(Output.VELOCITY, Coordinates.FLOW);
        for (NoiseGrid grid : new NoiseGrid[] {
            NoiseGrid.of(Coordinates.FLOW, PURE, 0), NoiseGrid.of(Coordinates.FLOW, PURE, 7, 3, .1, 0)
        }) {
            DoubleTensor x = DoubleTensor.of(-1.3, .2, 2);
            TestRun run = new TestRun(1);
            dopri5("rtol", "1e-9", "atol", "1e-9").sample(D, grid, x, run);
            // A Gaussian's flow keeps standard scores.
            assertThat(x.values())
                    .containsExactly(new double[] {.3 - 1.3 * .6, .3 + .2 * .6, .3 + 2 * .6}, within(1e-7));
            assertThat(run.steps()).isNotEmpty().doesNotHaveDuplicates();
            assertThat(run.draws()).isZero();
        }
        assertThat(dopri5().followsGrid()).isFalse();
        assertThat(dopri5().needs().isOnePerRun()).isTrue();
    }

    @Test
    void whereTheNetworkHasNoAnswerAtTheDataItStopsAheadAndTakesX0() {
        NetworkDenoiser D = GAUSSIAN.denoiser(Output.SCORE, Coordinates.VE);
        DoubleTensor x = DoubleTensor.of(10 * .5);
        NoiseGrid grid = NoiseGrid.of(Coordinates.FLOW, 10, 0);
        x.set(grid.first().alpha(), x);
        dopri5("end", ".01").sample(D, grid, x, new TestRun(1));
        double exact = .3 + (5 - .3) * .6 / Math.hypot(.6, 10);
        // x0 in place of the ODE from .01 on: (.01/.6)^2 / 2 of a deviation.
        assertThat(x.values()[0]).isCloseTo(exact, within(2e-4)).isNotCloseTo(exact, within(1e-6));
    }

    @Test
    void tooManyStepsAndErrorsThatAreNotFiniteStopTheRun() {
        NetworkDenoiser D = GAUSSIAN.denoiser(Output.VELOCITY, Coordinates.FLOW);
        NoiseGrid grid = NoiseGrid.of(Coordinates.FLOW, PURE, 0);
        assertThatThrownBy(() -> dopri5("max-steps", "3").sample(D, grid, DoubleTensor.of(1), new TestRun(1)))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("tried 3 steps")
                .hasMessageContaining("max-steps");
        assertThatThrownBy(() -> dopri5().sample(D, grid, DoubleTensor.of(Double.NaN), new TestRun(1)))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("not finite");
    }

    @Test
    void aStartThatTheNetworkDoesNotKnowIsRefused() {
        Refusals refuse = new Refusals();
        NetworkDenoiser D = GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP);
        dopri5().check(D, NoiseGrid.of(Coordinates.FLOW, PURE, 0), DoubleTensor.of(0), refuse);
        dopri5("end", "5").check(D, NoiseGrid.of(Coordinates.FLOW, 2, 0), DoubleTensor.of(0), refuse);
        assertThat(refuse.reasons()).hasSize(2);
        assertThat(refuse.reasons().get(0)).contains("no answer");
        assertThat(refuse.reasons().get(1)).contains("lower end");
    }
}
