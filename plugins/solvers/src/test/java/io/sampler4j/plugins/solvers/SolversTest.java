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
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
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

    private static DiffusionSampler named(String name) {
        return named(name, Map.of());
    }

    @ParameterizedTest
    @CsvSource({"euler,1", "heun,2", "dpm2,2"})
    void theErrorFallsAtTheDeclaredOrderAndIsTheSameForEveryNetwork(String name, int order) {
        DiffusionSampler sampler = named(name);
        double fine = Convergence.ofSampling(sampler, Output.EPSILON, Coordinates.VP, 512);
        double coarse = Convergence.ofSampling(sampler, Output.EPSILON, Coordinates.VP, 256);
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, within(.15));
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
    @ValueSource(strings = {"euler", "heun", "dpm2", "euler-ancestral"})
    void theStepToTheDataGivesTheEstimateOfTheData(String name) {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, .5, 0);
        DoubleTensor x = DoubleTensor.of(.9);
        named(name).sample(GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP), grid, x, new TestRun(1));
        // E[x0 | x] of a Gaussian; two formulas in float64.
        assertThat(x.values()[0]).isCloseTo(.3 + .36 / (.36 + .25) * (.9 - .3), within(1e-14));
    }

    @Test
    void ancestralSamplesHaveTheDataMeanAndWidth() {
        Convergence.Moments made = Convergence.ofGaussian(named("euler-ancestral"), .3, .6, 200);
        // Sampling error of the mean .004, of the deviation .003; the rest is for the first order's 1/200.
        assertThat(made.mean()).isCloseTo(.3, within(.02));
        assertThat(made.deviation()).isCloseTo(.6, within(.03));
        assertThat(made.draws()).isEqualTo(200);
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
        assertThat(reasons("euler-ancestral", up.reversed())).isEmpty();
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
