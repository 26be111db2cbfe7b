package io.sampler4j.plugins.edm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
        int n = 20_000;
        NoiseGrid grid = Convergence.grid(Coordinates.VE, 100);
        TestRun run = new TestRun(3);
        DoubleTensor x = DoubleTensor.zeros(1, n);
        run.normal(x);
        for (int i = 0; i < n; i++) x.values()[i] = .3 + Math.hypot(.6, Convergence.HIGH) * x.values()[i];
        edm(Map.of("churn", "30")).sample(GAUSSIAN.denoiser(Output.F, Coordinates.VE), grid, x, run);
        double mean = 0, square = 0;
        for (double v : x.values()) mean += v / n;
        for (double v : x.values()) square += (v - mean) * (v - mean) / n;
        // Sampling error of the mean .004, of the deviation .003.
        assertThat(mean).isCloseTo(.3, within(.02));
        assertThat(Math.sqrt(square)).isCloseTo(.6, within(.02));
        assertThat(run.draws()).isEqualTo(1 + 100);
    }
}
