package io.sampler4j.plugins.scoresde;

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
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PredictorCorrectorTest {
    private static final GaussianMixture GAUSSIAN = GaussianMixture.gaussian(.3, .6);

    private static DiffusionSampler vePc(Map<String, String> options) {
        return TextOptions.make(new ScoreSdeContribution(), DiffusionSampler.class, "ve-pc", options);
    }

    @Test
    void predictionsAloneHaveTheDataMeanAndWidth() {
        Convergence.Moments made = Convergence.ofGaussian(vePc(Map.of("correct-steps", "0")), .3, .6, 400);
        // Sampling error of the mean .004, of the deviation .003; the rest is for the first order's 1/400.
        assertThat(made.mean()).isCloseTo(.3, within(.02));
        assertThat(made.deviation()).isCloseTo(.6, within(.03));
        assertThat(made.draws()).isEqualTo(400);
    }

    @Test
    void withCorrectionsTheyStillHave() {
        Convergence.Moments made = Convergence.ofGaussian(vePc(Map.of("snr", ".05")), .3, .6, 400);
        assertThat(made.mean()).isCloseTo(.3, within(.02));
        assertThat(made.deviation()).isCloseTo(.6, within(.03));
        assertThat(made.draws()).isEqualTo(800);
    }

    @Test
    void correctionsBringTheWrongDistributionAtALevelToTheRightOne() {
        // One level, 100 corrections, started far from the marginal, whose variance is .36 + 1.
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 1, 1);
        DoubleTensor x = DoubleTensor.zeros(1, 20_000);
        Arrays.fill(x.values(), 4);
        vePc(Map.of("correct-steps", "100", "snr", ".5"))
                .sample(GAUSSIAN.denoiser(Output.SCORE, Coordinates.VE), grid, x, new TestRun(3));
        double mean = Arrays.stream(x.values()).average().orElseThrow();
        double square = Arrays.stream(x.values())
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(.3, within(.03));
        // Unadjusted steps e make the variance V / (1 - e / 2V) on a Gaussian; with this rule for e that is V (1 +
        // snr^2).
        assertThat(square).isCloseTo(1.36 * 1.25, within(.06));
    }

    @Test
    void theStepOfACorrectionIsEachSamplesOwn() {
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, 2, 1);
        DoubleTensor together = DoubleTensor.zeros(2, 3), alone = DoubleTensor.zeros(1, 3);
        for (int i = 0; i < 3; i++) {
            together.values()[i] = alone.values()[i] = i - .5;
            together.values()[3 + i] = 100 * i;
        }
        NetworkDenoiser D = GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP);
        vePc(Map.of()).sample(D, grid, together, new TestRun(5));
        vePc(Map.of()).sample(D, grid, alone, new TestRun(5));
        assertThat(Arrays.copyOf(together.values(), 3)).containsExactly(alone.values());
    }

    @Test
    void theStepToTheDataGivesTheEstimateOfTheData() {
        DoubleTensor x = DoubleTensor.of(.9);
        NetworkDenoiser D = GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP);
        TestRun run = new TestRun(1);
        vePc(Map.of("correct-steps", "0")).sample(D, NoiseGrid.of(Coordinates.VE, .5, 0), x, run);
        // E[x0 | x] of a Gaussian; two formulas in float64.
        assertThat(x.values()[0]).isCloseTo(.3 + .36 / (.36 + .25) * (.9 - .3), within(1e-14));
        assertThat(run.draws()).isZero();
    }

    @Test
    void fromDataToNoiseItIsRefused() {
        Refusals refuse = new Refusals();
        NoiseGrid up = NoiseGrid.of(Coordinates.VE, .1, 1);
        vePc(Map.of()).check(GAUSSIAN.denoiser(Output.V, Coordinates.VP), up, DoubleTensor.of(0), refuse);
        assertThat(refuse.reasons()).containsExactly("ve-pc draws noise: from data to noise take ddim or heun");
    }
}
