package io.sampler4j.plugins.ddim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.Prediction;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.NetworkDenoiser;
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * diffusers' own full loops: the network x t/(t+1), 1000 linear betas, ten leading steps. Both references clip x0 to
 * [-1, 1] and never touch a value that this would change, so that no clipping is needed here.
 */
class DiffusersGoldenTest {
    private static final double[] RATIO = ratios();

    private static double[] ratios() {
        double[] r = new double[1000];
        double a = 1;
        for (int t = 0; t < r.length; t++) {
            a *= 1 - (1e-4 + t / 999. * (.02 - 1e-4));
            r[t] = Math.sqrt((1 - a) / a);
        }
        return r;
    }

    @Test
    void ddimFullLoopNoNoise() throws IOException {
        double[] levels = new double[11];
        for (int i = 0; i < 10; i++) levels[i] = RATIO[900 - 100 * i];
        assertMakes("ddim_full_loop_no_noise.txt", 172.0067, Map.of(), levels);
    }

    @Test
    void ddimInverseFullLoopNoNoise() throws IOException {
        double[] levels = new double[11];
        for (int i = 0; i < 10; i++) levels[i + 1] = RATIO[100 * i];
        assertMakes("ddim_inverse_full_loop_no_noise.txt", 671.6816, Map.of("evaluate", "to"), levels);
    }

    private static void assertMakes(String golden, double sum, Map<String, String> options, double... levels)
            throws IOException {
        DoubleTensor x = ramp();
        DiffusionSampler ddim = TextOptions.make(new DdimContribution(), DiffusionSampler.class, "ddim", options);
        ddim.sample(network(), NoiseGrid.of(Coordinates.VP, levels), x, new TestRun(0));
        double[] expected = read(golden);
        for (int i = 0; i < expected.length; i++) {
            // The reference ran in float32: ten steps of a few roundings of 6e-8 relative to a state of size 1.
            assertThat(x.values()[i]).as("element %d", i).isCloseTo(expected[i], within(2e-5));
        }
        // The tolerance of diffusers' own test.
        assertThat(Arrays.stream(x.values()).map(Math::abs).sum()).isCloseTo(sum, within(.01));
    }

    private static Denoiser network() {
        return new NetworkDenoiser(
                (x, scale, at, out) -> {
                    int t = Math.max(0, Arrays.binarySearch(RATIO, at.ratio()));
                    out.set(scale * t / (t + 1), x);
                },
                Prediction.EPSILON,
                Coordinates.VP);
    }

    /** Four samples of 3 x 8 x 8, of which the sample's index runs fastest through the ramp. */
    private static DoubleTensor ramp() {
        DoubleTensor x = DoubleTensor.zeros(4, 192);
        for (int b = 0; b < 4; b++) for (int k = 0; k < 192; k++) x.values()[b * 192 + k] = (4 * k + b) / 768.;
        return x;
    }

    private static double[] read(String golden) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(DiffusersGoldenTest.class.getResourceAsStream(golden)),
                StandardCharsets.US_ASCII))) {
            return lines.lines().mapToDouble(Double::parseDouble).toArray();
        }
    }
}
