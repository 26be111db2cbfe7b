package io.sampler4j.plugins.guidance;

import static io.sampler4j.plugins.guidance.Answers.NOTHING;
import static io.sampler4j.plugins.guidance.Answers.WANTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.testing.ArrayLikeTensor;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.ReferenceSamplers;
import io.sampler4j.api.testing.TestRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every guidance keeps, each against a closed form, and two against the reference's own functions. */
class GuidanceTest {
    /** Two samples of four elements: what the reference was asked about, twice. */
    private static final double[][] C = {
        {1, 2, -1, .5, .25, -.5, 2, 1},
        {.8, 1.5, -.5, .25, .5, -.25, 1, 2}
    };

    private static final double[][] U = {
        {.5, 1, 1, -.5, 0, .5, 1, -2},
        {.5, 1.25, 0, -.25, .75, .5, .5, -1}
    };

    private static DoubleTensor two(double... elements) {
        DoubleTensor t = DoubleTensor.zeros(2, elements.length / 2);
        System.arraycopy(elements, 0, t.values(), 0, elements.length);
        return t;
    }

    private static Map<String, String> options(String name, String... more) {
        Map<String, String> options = new HashMap<>();
        options.put("scale", "4");
        if (name.equals("autoguidance")) options.put("model", "weaker");
        for (String option : more) options.put(option.split("=")[0], option.split("=")[1]);
        return options;
    }

    private static double[] values(Tensor t) {
        return ((DoubleTensor) t).values();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cfg", "cfg-rescaled", "apg", "autoguidance"})
    void atScaleOneAndOutsideTheIntervalOneHalfIsAskedAndIsTheAnswer(String name) {
        DoubleTensor x = two(1, 2, 3, 4);
        Answers off = new Answers(Answers.gaussian(1, .5), Answers.gaussian(0, 2), Answers.gaussian(0, 2));
        Estimator limited = off.guided(name, x, options(name, "interval=0.2,5"));
        Estimator one = off.guided(name, x, options(name, "scale=1"));
        Estimate expected = Estimate.shapedAs(x), e = Estimate.shapedAs(x);
        for (double ratio : new double[] {.1, .2, 5.1, Double.POSITIVE_INFINITY}) {
            NoiseLevel at = Coordinates.VP.at(ratio);
            Answers.gaussian(1, .5).denoise(x, at, expected);
            for (Estimator estimator : List.of(limited, one)) {
                estimator.denoise(x, at, e);
                assertThat(values(e.x0())).containsExactly(values(expected.x0()));
                assertThat(values(e.eps())).containsExactly(values(expected.eps()));
            }
        }
        assertThat(off.asked).hasSize(8).containsOnly(List.of(WANTED));
        assertThat(off.askedOther).isEmpty();
        for (double ratio : new double[] {.21, 5}) limited.denoise(x, Coordinates.VP.at(ratio), e);
        int rows = off.asked.stream().skip(8).mapToInt(List::size).sum()
                + off.askedOther.stream().mapToInt(List::size).sum();
        assertThat(rows).as("both halves, twice").isEqualTo(4);
        assertThat(values(e.x0())).isNotEqualTo(values(expected.x0()));
    }

    @Test
    void bothHalvesOfOneNetworkAreAskedInOneCall() {
        for (String name : List.of("cfg", "cfg-rescaled", "apg")) {
            Answers answers = Answers.x0(two(C[0]), two(U[0]));
            Estimator guided = answers.guided(name, two(C[0]), options(name));
            guided.denoise(two(C[0]), Coordinates.VP.at(1), Estimate.shapedAs(two(C[0])));
            assertThat(answers.asked).containsExactly(List.of(WANTED, NOTHING));
        }
    }

    @Test
    void autoguidanceAsksTheOtherModelForTheSameCondition() {
        Answers answers = Answers.x0(two(C[0]), two(U[0]));
        Estimator guided = answers.guided("autoguidance", two(C[0]), options("autoguidance"));
        assertThat(answers.others).as("at plan time").containsExactly("model");
        guided.denoise(two(C[0]), Coordinates.VP.at(1), Estimate.shapedAs(two(C[0])));
        assertThat(answers.asked).containsExactly(List.of(WANTED));
        assertThat(answers.askedOther).containsExactly(List.of(WANTED));
        assertThatThrownBy(() -> answers.guided("autoguidance", two(C[0]), Map.of()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("--set guidance.model=NAME");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cfg", "cfg-rescaled", "apg", "autoguidance"})
    void bothPartsRemainIngredientsOfXAndTheVarianceIsTheConditionals(String name) {
        for (Coordinates c : List.of(Coordinates.VP, Coordinates.VE, Coordinates.FLOW)) {
            NoiseLevel at = c.at(.8);
            DoubleTensor x = two(.3, -2, 1, .7, 2, 2, -.1, 1);
            Answers answers = Answers.x0(two(C[0]), two(U[0]));
            Estimate e = Estimate.withVariance(x);
            answers.guided(name, x, options(name)).denoise(x, at, e);
            double[] x0 = values(e.x0()), eps = values(e.eps());
            for (int i = 0; i < x0.length; i++) {
                // Float64, numbers of size 10.
                assertThat(at.alpha() * x0[i] + at.sigma() * eps[i]).isCloseTo(x.values()[i], within(1e-13));
            }
            assertThat(values(e.variance().orElseThrow()))
                    .containsExactly(values(x.like().set(3, x)));
        }
    }

    @ParameterizedTest
    @CsvSource({"cfg, 3, .6, .6", "cfg, 2, .5, 2", "autoguidance, 2.5, .5, .8", "cfg, 0, .5, 2"})
    void betweenTwoGaussiansItIsTheScoreOfTheirProduct(String name, double w, double sc, double su) {
        double mc = 1.2, mu = name.equals("cfg") ? -.4 : 1.2;
        Answers answers = new Answers(Answers.gaussian(mc, sc), Answers.gaussian(mu, su), Answers.gaussian(mu, su));
        DoubleTensor x = DoubleTensor.of(-1, 0, .5, 3);
        Estimate e = Estimate.shapedAs(x);
        for (double sigma : new double[] {.05, 1, 20}) {
            answers.guided(name, x, options(name, "scale=" + w)).denoise(x, Coordinates.VE.at(sigma), e);
            // p_c^w p_u^(1-w) at this noise level: precisions and precision-weighted means add up.
            double pc = w / (sc * sc + sigma * sigma), pu = (1 - w) / (su * su + sigma * sigma);
            double precision = pc + pu, mean = (pc * mc + pu * mu) / precision;
            for (int i = 0; i < 4; i++) {
                double score = -precision * (x.values()[i] - mean);
                // Float64 on numbers that the precisions make as large as 400.
                assertThat(values(e.eps())[i]).isCloseTo(-sigma * score, within(1e-11));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, .6", "3, .6", "7.5, .2"})
    void aRunUnderCfgEndsInTheGaussianThatTheTwoMake(double w, double s) {
        // Equal deviations: dx/dsigma = sigma (x - M) / (s^2 + sigma^2) with M = w mc + (1 - w) mu, solved in closed
        // form.
        double mc = 1.2, mu = -.4, m = w * mc + (1 - w) * mu, high = 10, low = .02;
        Answers answers = new Answers(Answers.gaussian(mc, s), Answers.gaussian(mu, s), Answers.gaussian(mu, s));
        DoubleTensor x = DoubleTensor.of(-20, -3, 4, 15), start = DoubleTensor.of(-20, -3, 4, 15);
        Estimator guided = answers.guided("cfg", x, options("cfg", "scale=" + w));
        double[] ratios = new double[401];
        for (int i = 0; i < ratios.length; i++) ratios[i] = high * Math.pow(low / high, i / 400.0);
        new ReferenceSamplers.Heun()
                .sample(Answers.denoiser(guided), NoiseGrid.of(Coordinates.VE, ratios), x, new TestRun(0));
        double shrink = Math.sqrt((s * s + low * low) / (s * s + high * high));
        for (int i = 0; i < 4; i++) {
            double exact = m + (start.values()[i] - m) * shrink;
            // Second order with steps of 1.6 % in sigma over a factor of 500: seen 4e-5.
            assertThat(x.values()[i]).isCloseTo(exact, within(2e-4));
        }
    }

    @Test
    void autoguidanceNarrowsTheDataWhereTheWeakerModelSeesItTooWide() {
        double s1 = .5, s0 = .8, w = 2, low = .02, high = 40;
        Answers answers = new Answers(Answers.gaussian(0, s1), Answers.gaussian(0, s0), Answers.gaussian(0, s0));
        DoubleTensor x = DoubleTensor.of(high);
        double[] ratios = new double[801];
        for (int i = 0; i < ratios.length; i++) ratios[i] = high * Math.pow(low / high, i / 800.0);
        new ReferenceSamplers.Heun()
                .sample(
                        Answers.denoiser(answers.guided("autoguidance", x, options("autoguidance", "scale=" + w))),
                        NoiseGrid.of(Coordinates.VE, ratios),
                        x,
                        new TestRun(0));
        // d ln x / d ln sigma = w sigma^2/(s1^2 + sigma^2) + (1 - w) sigma^2/(s0^2 + sigma^2), integrated.
        double exact = high
                * Math.pow((s1 * s1 + low * low) / (s1 * s1 + high * high), w / 2)
                * Math.pow((s0 * s0 + low * low) / (s0 * s0 + high * high), (1 - w) / 2);
        // Second order, 1 % steps: seen 5e-6.
        assertThat(x.values()[0]).isCloseTo(exact, within(1e-4));
        assertThat(exact).as("narrower than either").isLessThan(s1);
    }

    @ParameterizedTest
    @CsvSource({"0.7", "1"})
    void theRescaledX0IsTheReferences(double phi) {
        // diffusers 0.42.1, rescale_noise_cfg on u + 4 (c - u) in float64.
        double[] expected = phi == 1
                ? new double[] {
                    .5753591361864521,
                    1.1507182723729041,
                    -1.611005581322066,
                    .805502790661033,
                    .18573921185472891,
                    -.6500872414915512,
                    .9286960592736446,
                    1.8573921185472893
                }
                : new double[] {
                    1.1527513953305166,
                    2.3055027906610333,
                    -3.2277039069254467,
                    1.6138519534627234,
                    .4300174482983103,
                    -1.505061069044086,
                    2.1500872414915513,
                    4.300174482983103
                };
        assertAll(guidedX0("cfg-rescaled", 0, "rescale=" + phi), expected);
    }

    @Test
    void inVAndEpsilonItRescalesWhatSuchANetworkPutsOut() {
        NoiseLevel at = Coordinates.VP.at(.8);
        DoubleTensor x = two(.3, -2, 1, .7, 2, 2, -.1, 1);
        Estimate c = Estimate.shapedAs(x), u = c.like(), e = c.like();
        Answers.fixed(two(C[0])).denoise(x, at, c);
        Answers.fixed(two(U[0])).denoise(x, at, u);
        double a = at.alpha(), s = at.sigma();
        for (String of : List.of("v", "epsilon", "velocity", "x0")) {
            double p = Map.of("v", -s, "epsilon", 0., "velocity", -1., "x0", 1.).get(of);
            double r = Map.of("v", a, "epsilon", 1., "velocity", 1., "x0", 0.).get(of);
            Answers.x0(two(C[0]), two(U[0]))
                    .guided("cfg-rescaled", x, options("cfg-rescaled", "of=" + of))
                    .denoise(x, at, e);
            double[] qc = values(x.like().set(p, c.x0(), r, c.eps()));
            double[] q = values(x.like().set(4 * p, c.x0(), 4 * r, c.eps()).add(-3 * p, u.x0(), -3 * r, u.eps()));
            double[] found = values(x.like().set(p, e.x0(), r, e.eps()));
            for (int i = 0; i < 8; i++) {
                double f = .7 * deviation(qc, i / 4 * 4) / deviation(q, i / 4 * 4) + .3;
                assertThat(found[i]).as("%s %d", of, i).isCloseTo(f * q[i], within(1e-12));
            }
        }
    }

    private static double deviation(double[] v, int from) {
        double mean = (v[from] + v[from + 1] + v[from + 2] + v[from + 3]) / 4, squares = 0;
        for (int i = from; i < from + 4; i++) squares += (v[i] - mean) * (v[i] - mean);
        return Math.sqrt(squares / 4);
    }

    @Test
    void aGuidedEstimateWithoutAnySpreadIsNotDividedByIt() {
        Answers flat = Answers.x0(two(1, 1, 1, 1), two(0, 0, 0, 0));
        DoubleTensor x = two(1, 2, 3, 4);
        Estimate e = Estimate.shapedAs(x);
        flat.guided("cfg-rescaled", x, options("cfg-rescaled")).denoise(x, Coordinates.VP.at(1), e);
        assertThat(values(e.x0())).containsExactly(4, 4, 4, 4);
        flat.guided("apg", x, options("apg")).denoise(x, Coordinates.VP.at(1), e);
        assertThat(values(e.x0())).as("all of the difference is along x0").containsExactly(1, 1, 1, 1);
    }

    /** diffusers 0.42.1, normalized_guidance in its original formulation with scale w - 1 = 3, float64, two calls. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|0|0| .1,.2,-4.6,2.3,.2147058823529413,-1.9294117647058826,-1.2823529411764696,6.858823529411765"
                        + "| .9580796252927403,.8588992974238877,-1.5362997658079627,1.5181498829039812,"
                        + "-2.1029411764705883,-1.5735294117647058,-1.2058823529411766,3.5882352941176467",
                "0|1.5|0| .46,.92,-3.16,1.58,.23408278999523421,-1.1446470051930144,.5196994695567816,3.6422568607911208"
                        + "| .9580796252927403,.8588992974238877,-1.5362997658079627,1.5181498829039812,"
                        + "-.7424732879332723,-.8817660786101384,-.05294346435023067,2.7581192943321664",
                "0.25|2|-0.5| .76,1.52,-4.36,2.18,.3468296941956586,-1.595634621994712,.9706870863584796,4.995219711196213"
                        + "| 1.2788056206088994,1.366510538641686,.7944964871194378,.352751756440281,"
                        + "-1.2338235294117645,-.6955882352941176,-.21764705882352953,4.064705882352941"
            })
    void theProjectedX0IsTheReferencesCallAfterCall(
            String eta, String threshold, String momentum, String first, String second) {
        DoubleTensor x = two(new double[8]);
        DoubleTensor c = two(C[0]), u = two(U[0]);
        Estimator guided = Answers.x0(c, u)
                .guided("apg", x, options("apg", "eta=" + eta, "norm-threshold=" + threshold, "momentum=" + momentum));
        Estimate e = Estimate.shapedAs(x);
        guided.denoise(x, Coordinates.VP.at(1), e);
        assertAll(values(e.x0()), numbers(first));
        System.arraycopy(C[1], 0, c.values(), 0, 8);
        System.arraycopy(U[1], 0, u.values(), 0, 8);
        guided.denoise(x, Coordinates.VP.at(1), e);
        assertAll(values(e.x0()), numbers(second));
    }

    @Test
    void aRunsMomentumIsItsOwn() {
        DoubleTensor x = two(new double[8]);
        Answers answers = Answers.x0(two(C[0]), two(U[0]));
        Estimator one = answers.guided("apg", x, options("apg")), other = answers.guided("apg", x, options("apg"));
        Estimate a = Estimate.shapedAs(x), b = Estimate.shapedAs(x);
        one.denoise(x, Coordinates.VP.at(1), a);
        double[] fresh = values(a.x0()).clone();
        one.denoise(x, Coordinates.VP.at(1), a);
        other.denoise(x, Coordinates.VP.at(1), b);
        assertThat(values(b.x0())).containsExactly(fresh);
        assertThat(values(a.x0())).isNotEqualTo(fresh);
    }

    @Test
    void withItsThreePartsOffApgIsCfg() {
        assertAll(guidedX0("apg", 0, "eta=1", "momentum=0"), guidedX0("cfg", 0));
        assertAll(guidedX0("cfg-rescaled", 0, "rescale=0"), guidedX0("cfg", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cfg", "cfg-rescaled", "apg", "autoguidance"})
    void aBatchEqualsItsSinglesToTheBit(String name) {
        SplittableRandom random = new SplittableRandom(1);
        float[] x = new float[15];
        for (int i = 0; i < x.length; i++) x[i] = (float) random.nextGaussian();
        List<Float> singles = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            float[] one = java.util.Arrays.copyOfRange(x, 5 * i, 5 * i + 5);
            for (float f : twice(name, 1, one)) singles.add(f);
        }
        List<Float> batch = new ArrayList<>();
        for (float f : twice(name, 3, x)) batch.add(f);
        assertThat(batch).isEqualTo(singles);
    }

    /** x0 after two calls at two levels, in float32. */
    private static float[] twice(String name, int samples, float[] values) {
        ArrayLikeTensor x = ArrayLikeTensor.zeros(samples, values.length / samples);
        x.write(values);
        Estimator wave = (t, at, e) -> {
            e.x0().set(.3 + .1 * at.sigma(), t);
            e.x0().clamp(-.4, .2);
            e.deriveEps(t, at);
        };
        Estimator other = (t, at, e) -> {
            e.x0().set(.8, t);
            e.deriveEps(t, at);
        };
        Estimator guided = new Answers(wave, other, other)
                .guided(name, x, options(name, extra(name).split(" ")));
        Estimate e = Estimate.shapedAs(x);
        guided.denoise(x, Coordinates.VP.at(2), e);
        guided.denoise(x, Coordinates.VP.at(1), e);
        return ((ArrayLikeTensor) e.x0()).values();
    }

    private static String extra(String name) {
        return name.equals("apg") ? "scale=3 norm-threshold=0.5" : "scale=3";
    }

    @Test
    void anIntervalThatIsNoneIsRefused() {
        for (String interval : new String[] {"1", "2,1", "1,1", "1,2,3"}) {
            assertThatThrownBy(() -> Answers.x0(two(C[0]), two(U[0]))
                            .guided("apg", two(C[0]), options("apg", "interval=" + interval)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("interval=" + interval + ": must be empty, or lo,hi with lo below hi");
        }
    }

    private static double[] guidedX0(String name, int call, String... options) {
        DoubleTensor x = two(new double[8]);
        Estimate e = Estimate.shapedAs(x);
        Answers.x0(two(C[call]), two(U[call]))
                .guided(name, x, options(name, options))
                .denoise(x, Coordinates.VP.at(1), e);
        return values(e.x0());
    }

    private static double[] numbers(String text) {
        return java.util.Arrays.stream(text.split(","))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private static void assertAll(double[] found, double... expected) {
        // Float64 in both languages, sums of four in another order.
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).as("element %d", i).isCloseTo(expected[i], within(1e-13));
        }
    }
}
