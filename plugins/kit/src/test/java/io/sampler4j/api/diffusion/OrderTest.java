package io.sampler4j.api.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sampler4j.api.testing.Convergence;
import io.sampler4j.api.testing.GaussianMixture.Output;
import io.sampler4j.api.testing.ReferenceSamplers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OrderTest {
    private record Network(Output says, Coordinates own) {}

    /** Five outputs in three coordinates, and F in its own. */
    private static List<Network> networks() {
        List<Network> all = new ArrayList<>();
        for (Output says : Output.values()) {
            if (says == Output.F) continue;
            for (Coordinates own : List.of(Coordinates.VE, Coordinates.VP, Coordinates.FLOW)) {
                all.add(new Network(says, own));
            }
        }
        all.add(new Network(Output.F, Coordinates.VE));
        return all;
    }

    static Stream<Arguments> samplers() {
        return Stream.of(
                arguments(new ReferenceSamplers.Euler(), 1),
                arguments(new ReferenceSamplers.FlowEuler(), 1),
                arguments(new ReferenceSamplers.Heun(), 2),
                arguments(new ReferenceSamplers.DpmSolver2M(), 2));
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void aSamplerMakesOneErrorWhateverTheNetworkPredictsAndInWhateverCoordinates(DiffusionSampler sampler, int order) {
        assertThat(networks()).hasSize(16);
        double reference = Convergence.ofSampling(sampler, Output.EPSILON, Coordinates.VP, 64);
        for (Network n : networks()) {
            double error = Convergence.ofSampling(sampler, n.says, n.own, 64);
            // The same mathematics in another order of rounding: the prototype measured 5e-11 at 256 steps.
            assertThat(error / reference).as("%s", n).isCloseTo(1, within(1e-9));
        }
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void theErrorFallsAtTheOrderOfTheMethod(DiffusionSampler sampler, int order) {
        double coarse = Convergence.ofSampling(sampler, Output.V, Coordinates.VP, 128);
        double fine = Convergence.ofSampling(sampler, Output.V, Coordinates.VP, 256);
        // The next term of the error is a share of about 1/128 of the first: 0.05 is several times what it can add.
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, within(.05));
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void onTheReversedGridTheSameSamplerInvertsAtTheSameOrder(DiffusionSampler sampler, int order) {
        double coarse = Convergence.ofInversion(sampler, Output.V, Coordinates.VP, 128);
        double fine = Convergence.ofInversion(sampler, Output.V, Coordinates.VP, 256);
        // Upwards errors grow with the noise, so the second term weighs more than in sampling.
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, within(.15));
    }
}
