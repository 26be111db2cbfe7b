package io.sampler4j.plugins.edm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.diffusion.Spacings;
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

    /** Every schedule and scaling is another variable and other units for the same ODE: the order stays. */
    @ParameterizedTest
    @CsvSource({
        "heun, linear, vp, 1, 2",
        "heun, vp, vp, 1, 2",
        "heun, vp, none, .5, 2",
        "heun, ve, none, .6667, 2",
        "heun, linear, none, .5, 2",
        "euler, vp, vp, 1, 1",
        "euler, ve, none, 1, 1"
    })
    void inEveryVariableTheErrorFallsAtTheOrderOfTheMethod(
            String method, String schedule, String scaling, String alpha, int order) {
        DiffusionSampler sampler =
                edm(Map.of("method", method, "schedule", schedule, "scaling", scaling, "alpha", alpha));
        // In t = sigma^2 most steps lie at high noise, so the asymptote begins later.
        int steps = schedule.equals("ve") ? 2048 : 512;
        double coarse = Convergence.ofSampling(sampler, Output.EPSILON, Coordinates.VP, steps);
        double fine = Convergence.ofSampling(sampler, Output.EPSILON, Coordinates.VP, 2 * steps);
        assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(order, within(.15));
    }

    /**
     * {@code ablation_sampler} of the paper's code (NVlabs/edm, generate.py), 9 steps over its own discretizations, with
     * D(x) = 0.3 + 0.36/(0.36 + sigma^2) (x - 0.3), from noise -1.2, 0.1, 0.9, in float64. With churn it is given the
     * noise 0.5, -1, 0.25 in every step, S_min = 0.05, S_max = 50 and S_noise = 1.003.
     */
    @ParameterizedTest
    @CsvSource({
        "heun, edm, linear, none, 1, 0, -0.6127684717301989, 0.37298356419857287, 0.9796002016932015",
        "euler, edm, linear, none, 1, 0, -0.21083307988947436, 0.3408454279870089, 0.6803398943725368",
        "heun, edm, linear, none, 0.5, 0, -0.3985309193655922, 0.35585345876547303, 0.820089999153821",
        "euler, vp, vp, vp, 1, 0, -0.4073949608305057, 0.36581856005318986, 0.8416422652123873",
        "heun, vp, vp, vp, 1, 0, -0.4400207165437129, 0.35572642098875806, 0.8454169671625891",
        "heun, ve, ve, none, 1, 0, 0.24564151429178113, 0.30438302004463613, 0.3405316389694699",
        "euler, ve, ve, none, 1, 0, -5.678642868045356, 0.7820684606819612, 4.757890816821846",
        "euler, iddpm, linear, none, 1, 0, -0.30727794809153625, 0.3485621998912459, 0.7521561371114192",
        "heun, iddpm, linear, none, 1, 0, -0.5264662094877142, 0.3660900291120939, 0.9153554067119796",
        "heun, edm, vp, vp, 0.5, 0, -0.3986796094711993, 0.36218422508403947, 0.8304081232718785",
        "heun, edm, linear, vp, 1, 0, -0.28308737223062097, 0.38855440660053975, 0.8018724243427925",
        "heun, vp, vp, vp, 1, 30, 0.9528375653555835, -1.2185189371690892, 0.7332691486634378",
        "heun, edm, linear, none, 1, 30, 1.0369030197307583, -1.6184104955239806, 0.9566388763287985"
    })
    void everyCombinationOfTheAblationIsTheReferences(
            String method,
            String discretization,
            String schedule,
            String scaling,
            String alpha,
            String churn,
            double a,
            double b,
            double c) {
        Map<String, String> options = new HashMap<>(
                Map.of("method", method, "schedule", schedule, "scaling", scaling, "alpha", alpha, "churn", churn));
        if (!churn.equals("0")) {
            options.putAll(Map.of("churn-min", ".05", "churn-max", "50", "churn-noise", "1.003"));
        }
        DiffusionSampler sampler = edm(options);
        NoiseGrid grid = schedule(Map.of("discretization", discretization))
                .grid(new Known(0, Double.POSITIVE_INFINITY), 9)
                .in(sampler.needs().coordinates().orElseThrow());
        DoubleTensor x = DoubleTensor.of(-1.2, .1, .9);
        x.set(grid.sigma(0), x);
        sampler.sample(GAUSSIAN.denoiser(Output.X0, Coordinates.VE), grid, x, new Given());
        // Float64 on both sides; the reference's e^x - 1 cancels where the VP SDE has little noise, and its table of
        // iDDPM is float32's.
        assertThat(x.values())
                .containsExactly(new double[] {a, b, c}, within(discretization.equals("iddpm") ? 2e-6 : 1e-9));
    }

    /** A run that gives the same noise in every step. */
    private static final class Given implements TensorRun, Noise {
        @Override
        public Noise noise() {
            return this;
        }

        @Override
        public void normal(Tensor out) {
            out.write(new float[] {.5f, -1, .25f});
        }

        @Override
        public void uniform(Tensor out) {
            throw new AssertionError("edm draws normals");
        }

        @Override
        public void step(int i, Tensor x) {}
    }

    /** generate.py, 9 steps. */
    @ParameterizedTest
    @CsvSource({
        "vp, 152.166970284 47.1627434464 17.049122559 7.15118467616 3.42224476257 1.79633428969 .957526482238 .430801426394 .0104859927867",
        "ve, 100 34.4848824125 11.89207115 4.1009667525 1.41421356237 .487689884046 .168179283051 .0579964280022 .02",
        "iddpm, 80.203676178 4.79230912426 2.37206272055 1.48638692406 .999844368615 .674794426178 .423155460984 .209890848818 .0064224695812",
        "edm, 80 39.0166847935 17.5278319646 7.10050983377 2.51521897615 .743379133665 .169752756269 .0260549988896 .002"
    })
    void everyDiscretizationIsTheReferencesList(String discretization, String list) {
        double[] expected = Arrays.stream((list + " 0").split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        double[] made = schedule(Map.of("discretization", discretization))
                .grid(new Known(0, 1e6), 9)
                .ratios();
        assertThat(made).hasSize(10);
        // Printed to twelve digits; the table of iDDPM is float32's there.
        double relative = discretization.equals("iddpm") ? 5e-6 : 1e-11;
        for (int i = 0; i < 10; i++) assertThat(made[i]).isCloseTo(expected[i], within(relative * (1 + expected[i])));
    }

    @Test
    void thePresetsAreTheirOptionsAndClashWithOthers() {
        double[] made = run(Map.of("preset", "imagenet64"));
        assertThat(run(Map.of("churn", "40", "churn-min", ".05", "churn-max", "50", "churn-noise", "1.003")))
                .containsExactly(made);
        assertThat(run(Map.of("preset", "imagenet64", "churn", "40"))).containsExactly(made);
        assertThat(run(Map.of("preset", "imagenet64-pretrained"))).isNotEqualTo(made);
        assertThat(run(Map.of("preset", "ffhq"))).containsExactly(run(Map.of()));
        assertThatThrownBy(() -> edm(Map.of("preset", "imagenet64", "churn", "10", "churn-noise", "1.1")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("churn=10.0 (it sets 40.0), churn-noise=1.1 (it sets 1.003)");
        assertThat(schedule(Map.of("preset", "ffhq")).fixedSteps(new Known(0, 1e6)))
                .hasValue(40);
        assertThat(schedule(Map.of()).fixedSteps(new Known(0, 1e6))).isEmpty();
    }

    private static double[] run(Map<String, String> options) {
        DoubleTensor x = DoubleTensor.of(-12, 1, 9);
        // So many steps that gamma is below its limit of sqrt(2) - 1 for each preset.
        NoiseGrid grid = NoiseGrid.of(Coordinates.VE, Spacings.karras(300, 80, .002, 7));
        edm(options).sample(GAUSSIAN.denoiser(Output.X0, Coordinates.VE), grid, x, new TestRun(5));
        return x.values();
    }

    private static NoiseScheduler schedule(Map<String, String> options) {
        return TextOptions.make(new EdmContribution(), NoiseScheduler.class, "edm", options);
    }

    @Test
    void levelsLieWhereTheNetworkKnowsThem() {
        NoiseProcess tenths = new Known(.1, 100) {
            @Override
            public double nearest(double ratio) {
                return Math.rint(ratio * 10) / 10;
            }
        };
        assertThat(schedule(Map.of()).grid(tenths, 3).ratios()).containsExactly(80, 6.1, .1, 0);
        assertThatThrownBy(() -> schedule(Map.of()).grid(tenths, 40))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("fall on one level that the network knows");
    }

    @Test
    void theGridIsThePapersAndStaysWithinWhatTheModelKnows() {
        NoiseScheduler schedule = schedule(Map.of());
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

    private static class Known implements NoiseProcess {
        private final double lowest, highest;

        Known(double lowest, double highest) {
            this.lowest = lowest;
            this.highest = highest;
        }

        @Override
        public double lowest() {
            return lowest;
        }

        @Override
        public double highest() {
            return highest;
        }

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
