package io.sampler4j.it.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.GaussianMixture;
import io.sampler4j.api.testing.GaussianMixture.Output;
import io.sampler4j.api.testing.TestDenoiser;
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
import io.sampler4j.plugins.scoresde.ScoreSdeContribution;
import io.sampler4j.plugins.solvers.Solvers;
import io.sampler4j.runtime.random.RandomSources;
import io.sampler4j.runtime.random.RandomStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The samplers in sigma against the reference's loops, in float64. Its suite scales x before it asks the network and goes
 * on from what was scaled; here the double of the network does that, which changes x and is told the recorded times in the
 * order of its calls. LMS with noise is not among them: started late, the reference takes the weights of four answers and
 * has one or two of them.
 */
class SigmaSpaceGoldensTest {
    private static final Map<String, String> SAMPLERS = Map.of(
            "euler", "euler",
            "euler_ancestral", "euler-ancestral",
            "heun", "heun",
            "kdpm2_discrete", "dpm2",
            "kdpm2_ancestral", "dpm2-ancestral",
            "lms", "lms");

    @TestFactory
    Stream<DynamicTest> everyElementAgreesWithTheReference() throws IOException {
        return Golden.all("sigma-space").stream().map(g -> DynamicTest.dynamicTest(g.name(), () -> replay(g)));
    }

    private static void replay(Golden golden) {
        double[] levels = golden.sigmas(), times = golden.timesteps();
        int from = levels.length - 1 - golden.steps();
        // A method of two evaluations names the time of both: so does the place of its late start.
        int call = times.length > golden.steps() + from ? 2 * from : from;
        double[] start = new double[golden.size()];
        double initial = golden.entry().path("init_noise_sigma").asDouble();
        float[] x = golden.test().endsWith("with_noise")
                ? Dummy.noised(golden.shape(), initial, levels[from])
                : Dummy.times(initial, Dummy.ramp(golden.shape()));
        for (int i = 0; i < start.length; i++) start[i] = x[i];
        boolean v = golden.config().path("prediction_type").asText().equals("v_prediction");
        Told D = new Told(Arrays.copyOfRange(times, call, times.length), v ? Says.V : Says.EPSILON, true);
        DiffusionSampler sampler =
                TextOptions.make(new Solvers(), DiffusionSampler.class, SAMPLERS.get(golden.suite()), Map.of());
        agree(golden, sampler, D, Arrays.copyOfRange(levels, from, levels.length), start);
    }

    /** The reference's IPNDM sets out where alpha = 0 and divides by 1e-8 there; this run of it sets out below. */
    @ParameterizedTest
    @CsvSource({"ipndm, ipndm", "score_sde_ve, ve-pc"})
    void aRunOfOneSampleAgreesWithTheReference(String suite, String name) throws IOException {
        Golden golden = Golden.all("one-sample").stream()
                .filter(g -> g.suite().equals(suite))
                .findFirst()
                .orElseThrow();
        boolean vp = suite.equals("ipndm");
        double[] levels = golden.sigmas(), start = new double[golden.size()];
        // IPNDM's x is in VP; ours in VE. The other starts at its sigma_max.
        double scale =
                vp ? Math.hypot(1, levels[0]) : golden.config().path("init").asDouble();
        for (int i = 0; i < start.length; i++) start[i] = scale * i / start.length;
        Contribution plugin = vp ? new Solvers() : new ScoreSdeContribution();
        DiffusionSampler sampler = TextOptions.make(plugin, DiffusionSampler.class, name, Map.of());
        Told D = new Told(golden.timesteps(), vp ? Says.V_IN_VP : Says.SCORE, false);
        agree(golden, sampler, D, levels, start, vp);
    }

    /** k-diffusion's loops in float64 on data of deviation 1/2, from torch.randn of seed 0 times 80. */
    @ParameterizedTest
    @CsvSource({
        "euler, 10, 28.985547243130462, -0.41117141488157616",
        "heun, 19, 48.39730681013554, -0.6865348772153109"
    })
    void theLoopsOfKDiffusionAreMet(String name, int nfe, double sum, double first) {
        float[] normal = new float[96];
        RandomSources.named("torch").stream(0).normal(normal, 0, 96);
        DoubleTensor x = DoubleTensor.zeros(1, 96);
        for (int i = 0; i < 96; i++) x.values()[i] = 80. * normal[i];
        double[] levels = new double[11];
        for (int i = 0; i < 10; i++) {
            double a = Math.pow(80, 1 / 7.), b = Math.pow(.002, 1 / 7.);
            levels[i] = Math.pow(a + i / 9. * (b - a), 7);
        }
        var D = GaussianMixture.gaussian(0, .5).denoiser(Output.X0, Coordinates.VE);
        TextOptions.make(new Solvers(), DiffusionSampler.class, name, Map.of())
                .sample(D, NoiseGrid.of(Coordinates.VE, levels), x, new TestRun(0));
        assertThat(D.evaluations()).isEqualTo(nfe);
        // Both in float64 on the same float32 normals: rounding alone.
        assertThat(sumOf(x)).isCloseTo(sum, within(1e-9 * sum));
        assertThat(x.values()[0]).isCloseTo(first, within(1e-9));
    }

    private static void agree(Golden golden, DiffusionSampler sampler, Told D, double[] levels, double[] start) {
        agree(golden, sampler, D, levels, start, false);
    }

    private static void agree(
            Golden golden, DiffusionSampler sampler, Told D, double[] levels, double[] start, boolean vp) {
        DoubleTensor x = DoubleTensor.of(start);
        Sums run = new Sums(levels, vp);
        sampler.sample(D, NoiseGrid.of(Coordinates.VE, levels), x, run);
        assertThat(D.calls).as("evaluations").isEqualTo(D.times.length);
        float[] end = new float[start.length];
        x.read(end);
        GoldenLoops.agree(end, golden.end(), GoldenLoops.TOLERANCE);
        assertThat(run.sums).hasSize(golden.steps());
        for (int i = 0; i < golden.steps(); i++) {
            double expected = golden.sumAfter(i, golden.steps()).orElseThrow();
            assertThat(run.sums.get(i))
                    .as("sum of |x| after step %d", i)
                    .isCloseTo(expected, within(2 * GoldenLoops.TOLERANCE * expected));
        }
    }

    private static double sumOf(DoubleTensor x) {
        return Arrays.stream(x.values()).map(Math::abs).sum();
    }

    /** What the network x t / (t + 1) says. */
    private enum Says {
        EPSILON,
        /** The reference's v in sigma space: x0 = x / (sigma^2 + 1) - sigma / sqrt(sigma^2 + 1) out. */
        V,
        /** v of a network that sees x in VP coordinates. */
        V_IN_VP,
        SCORE
    }

    /** The reference's dummy network, told the times of its calls in order; it may scale x itself, as its suite does. */
    private static final class Told extends TestDenoiser {
        private final double[] times;
        private final Says says;
        private final boolean scales;
        private int calls;

        Told(double[] times, Says says, boolean scales) {
            this.times = times;
            this.says = says;
            this.scales = scales;
        }

        @Override
        public void denoise(Tensor x, NoiseLevel at, Estimate e) {
            double t = times[calls++], f = t / (t + 1), s = at.sigma(), q = 1 + s * s;
            if (scales) x.set(1 / Math.sqrt(q), x);
            double eps = switch (says) {
                case EPSILON -> f;
                case V -> (1 - (1 / q - s / Math.sqrt(q) * f)) / s;
                // eps = sigma x + alpha v of the VP pair, and x in VE is x / alpha.
                case V_IN_VP -> (s + f) / q;
                case SCORE -> -s * f;
            };
            e.eps().set(eps, x);
            e.x0().set(1 - s * eps, x);
        }
    }

    /** One stream of torch's normals over the batch, as the reference draws, and the sums of |x|. */
    private static final class Sums implements TensorRun, Noise {
        private final RandomStream stream = RandomSources.named("torch").stream(0);
        private final List<Double> sums = new ArrayList<>();
        private final double[] levels;
        private final boolean vp;

        Sums(double[] levels, boolean vp) {
            this.levels = levels;
            this.vp = vp;
        }

        @Override
        public Noise noise() {
            return this;
        }

        @Override
        public void step(int i, Tensor x) {
            sums.add(sumOf((DoubleTensor) x) / (vp ? Math.hypot(1, levels[i + 1]) : 1));
        }

        @Override
        public void normal(Tensor out) {
            float[] z = new float[out.size()];
            stream.normal(z, 0, z.length);
            out.write(z);
        }

        @Override
        public void uniform(Tensor out) {
            float[] u = new float[out.size()];
            stream.uniform(u, 0, u.length);
            out.write(u);
        }
    }
}
