package io.sampler4j.plugins.edm;

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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EdmTest {
    private static final GaussianMixture GAUSSIAN = GaussianMixture.gaussian(.3, .6);

    private static DiffusionSampler edm(Map<String, String> options) {
        return TextOptions.make(new EdmContribution(), DiffusionSampler.class, "edm", options);
    }

    @ParameterizedTest
    @CsvSource({"heun,2", "euler,1"})
    void theErrorFallsAtTheOrderOfTheMethod(String method, int order) {
        DiffusionSampler sampler = edm(Map.of("method", method));
        double coarse = Convergence.ofSampling(sampler, Output.F, Coordinates.VE, 256);
        double fine = Convergence.ofSampling(sampler, Output.F, Coordinates.VE, 512);
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, within(.15));
    }

    @Test
    void eighteenStepsAre35Evaluations() {
        NetworkDenoiser D = GAUSSIAN.denoiser(Output.F, Coordinates.VE);
        double[] ratios = new double[19];
        for (int i = 0; i < 18; i++) ratios[i] = 18 - i;
        edm(Map.of()).sample(D, NoiseGrid.of(Coordinates.VE, ratios), DoubleTensor.of(3), new TestRun(1));
        assertThat(D.evaluations()).isEqualTo(35);
    }

    @Test
    void withChurnTheSamplesKeepTheDataMeanAndWidth() {
        Convergence.Moments made = Convergence.ofGaussian(edm(Map.of("churn", "30")), .3, .6, 100);
        // Sampling error of the mean .004, of the deviation .003.
        assertThat(made.mean()).isCloseTo(.3, within(.02));
        assertThat(made.deviation()).isCloseTo(.6, within(.02));
        assertThat(made.draws()).isEqualTo(100);
    }

    @Test
    void anInversionWithChurnIsRefused() {
        Refusals refuse = new Refusals();
        NoiseGrid up = NoiseGrid.of(Coordinates.VE, .1, 1);
        edm(Map.of("churn", "30")).check(GAUSSIAN.denoiser(Output.F, Coordinates.VE), up, DoubleTensor.of(0), refuse);
        assertThat(refuse.reasons()).containsExactly("churn=30.0 draws noise: from data to noise only churn=0 runs");
    }

    @Test
    void theGridIsThePapersAndStaysWithinWhatTheModelKnows() {
        NoiseScheduler schedule = TextOptions.make(new EdmContribution(), NoiseScheduler.class, "edm", Map.of());
        // The sigmas of diffusers' EDMEulerScheduler, 10 steps, printed to four decimals.
        assertThat(schedule.grid(new Known(0, 1e6), 10).ratios())
                .containsExactly(
                        new double[] {80, 42.4152, 21.1087, 9.7232, 4.0661, 1.5017, .47, .1166, .0204, .002, 0},
                        within(6e-5));
        NoiseGrid narrow = schedule.grid(new Known(.02, 50), 5);
        assertThat(narrow.first().ratio()).isEqualTo(50);
        assertThat(narrow.at(4).ratio()).isCloseTo(.02, within(1e-12));
        assertThatThrownBy(() -> schedule.grid(new Known(90, 100), 5))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("raise sigma-max");
    }

    private record Known(double lowest, double highest) implements NoiseProcess {
        @Override
        public Coordinates coordinates() {
            return Coordinates.VE;
        }

        @Override
        public int trainingSteps() {
            return 0;
        }

        @Override
        public NoiseLevel atTime(double time) {
            return Coordinates.VE.at(time);
        }

        @Override
        public List<Integer> sampleShape() {
            return List.of(1);
        }
    }
}
