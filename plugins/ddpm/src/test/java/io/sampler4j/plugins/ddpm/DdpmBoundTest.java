package io.sampler4j.plugins.ddpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.stage.DiffusionScorer;
import io.sampler4j.api.stage.Score;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.GaussianMixture;
import io.sampler4j.api.testing.GaussianMixture.Output;
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DdpmBoundTest {
    private static final double MEAN = .1;
    private static final double DEVIATION = .25;
    private static final GaussianMixture GAUSSIAN = GaussianMixture.gaussian(MEAN, DEVIATION);
    private static final int STEPS = 60;
    private static final double WIDTH = 2. / 255;

    /** DDPM's chain in fewer steps: betas from 0.001 to 0.2, alpha-bar 0.002 at its end. */
    private static final class Chain implements NoiseProcess {
        private final int steps;
        private final double[] bar;

        Chain(int steps) {
            this.steps = steps;
            bar = new double[steps];
            for (int t = 0; t < steps; t++) bar[t] = (t == 0 ? 1 : bar[t - 1]) * (1 - beta(t));
        }

        @Override
        public Coordinates coordinates() {
            return Coordinates.VP;
        }

        @Override
        public double lowest() {
            return atTime(0).ratio();
        }

        @Override
        public double highest() {
            return atTime(steps - 1).ratio();
        }

        @Override
        public int trainingSteps() {
            return steps;
        }

        @Override
        public NoiseLevel atTime(double time) {
            double bar = bar((int) time);
            return Coordinates.VP.at(Math.sqrt((1 - bar) / bar));
        }

        double beta(int t) {
            return .001 + (.2 - .001) * t / (steps - 1);
        }

        double bar(int t) {
            return bar[t];
        }

        @Override
        public List<Integer> sampleShape() {
            return List.of(1);
        }

        @Override
        public List<Double> sampleRange() {
            return List.of(-1., 1.);
        }
    }

    private static final Chain CHAIN = new Chain(STEPS);

    private static Score score(DoubleTensor x, long seed, NoiseProcess chain, String... options) {
        Map<String, String> values = new java.util.HashMap<>();
        for (int i = 0; i < options.length; i += 2) values.put(options[i], options[i + 1]);
        DiffusionScorer ddpm = TextOptions.make(new DdpmContribution(), DiffusionScorer.class, "ddpm", values);
        return ddpm.score(GAUSSIAN.denoiser(Output.EPSILON, Coordinates.VP), chain, x, new TestRun(seed));
    }

    /** Samples whose elements all have this value, which is one of the 256 levels. */
    private static DoubleTensor all(double value, int samples, int each) {
        DoubleTensor x = DoubleTensor.zeros(samples, each);
        java.util.Arrays.fill(x.values(), value);
        return x;
    }

    private static double level(int k) {
        return -1 + WIDTH * k;
    }

    /** The bound in nats for one element x, term by term as Ho et al. write it, by quadrature over the noise. */
    private static double expected(double x, boolean large) {
        double bar = CHAIN.bar(STEPS - 1);
        double total = (1 - bar + bar * x * x - 1 - Math.log(1 - bar)) / 2;
        for (int t = 1; t < STEPS; t++) {
            double ab = CHAIN.bar(t), as = CHAIN.bar(t - 1), beta = CHAIN.beta(t);
            double tilde = (1 - as) / (1 - ab) * beta, variance = large ? beta : tilde;
            double fromX0 = Math.sqrt(as) * beta / (1 - ab); // equation 7
            double ratio = variance / tilde;
            total += normal(eps -> {
                double off = fromX0 * (x - believed(x, ab, eps));
                return (Math.log(ratio) - 1 + 1 / ratio + off * off / variance) / 2;
            });
        }
        double sd = Math.sqrt((1 - CHAIN.bar(0)) / (1 - CHAIN.bar(1)) * CHAIN.beta(1));
        return total + normal(eps -> -Math.log(probability(x, believed(x, CHAIN.bar(0), eps), sd)));
    }

    /** E[x0 | x_t] of Gaussian data. */
    private static double believed(double x, double bar, double eps) {
        double xt = Math.sqrt(bar) * x + Math.sqrt(1 - bar) * eps, v = DEVIATION * DEVIATION;
        return MEAN + Math.sqrt(bar) * v / (bar * v + 1 - bar) * (xt - Math.sqrt(bar) * MEAN);
    }

    /** Equation 13: the density, added up over the level's own interval. */
    private static double probability(double x, double mean, double sd) {
        double from = x < level(0) + WIDTH / 2 ? mean - 12 * sd : x - WIDTH / 2;
        double to = x > level(255) - WIDTH / 2 ? mean + 12 * sd : x + WIDTH / 2;
        return simpson(u -> Math.exp(-Math.pow((u - mean) / sd, 2) / 2) / sd / Math.sqrt(2 * Math.PI), from, to);
    }

    private static double normal(DoubleUnaryOperator f) {
        return simpson(e -> Math.exp(-e * e / 2) / Math.sqrt(2 * Math.PI) * f.applyAsDouble(e), -8, 8);
    }

    private static double simpson(DoubleUnaryOperator f, double from, double to) {
        int n = 400;
        double h = (to - from) / n, sum = f.applyAsDouble(from) + f.applyAsDouble(to);
        for (int i = 1; i < n; i++) sum += (i % 2 == 1 ? 4 : 2) * f.applyAsDouble(from + i * h);
        return sum * h / 3;
    }

    @ParameterizedTest
    @CsvSource({"small, 141", "small, 128", "large, 141", "small, 200"})
    void everyTermIsWhatThePaperSaysWhenTheNetworkIsPerfect(String variance, int grey) {
        int n = 5_000;
        Score s = score(all(level(grey), 1, n), 3, CHAIN, "variance", variance);
        // Five standard errors, which for so many elements are a hundredth of the whole.
        assertThat(s.standardError(0)).isLessThan(.003 * -s.nats(0));
        assertThat(-s.nats(0))
                .isCloseTo(n * expected(level(grey), variance.equals("large")), within(5 * s.standardError(0)));
    }

    @Test
    void theOutermostLevelsReachToInfinity() {
        // The data is far from the mean, as white is from digits: the believed value is off by many deviations.
        int n = 5_000;
        for (int grey : new int[] {0, 255}) {
            Score s = score(all(level(grey), 1, n), 4, CHAIN);
            assertThat(-s.nats(0)).isCloseTo(n * expected(level(grey), false), within(5 * s.standardError(0)));
        }
    }

    @Test
    void theErrorIsTheSpreadOfRepeatedScores() {
        int n = 400;
        DoubleTensor x = all(level(150), n, 64);
        Score s = score(x, 5, CHAIN);
        double mean = 0, squares = 0, said = 0;
        for (int i = 0; i < n; i++) {
            mean += s.nats(i) / n;
            said += s.standardError(i) * s.standardError(i) / n;
        }
        for (int i = 0; i < n; i++) squares += (s.nats(i) - mean) * (s.nats(i) - mean) / (n - 1);
        // The spread of 400 is known to 3.5 %, and four times that is far from the factors that a wrong count would
        // make.
        assertThat(Math.sqrt(said / squares)).isCloseTo(1, within(.14));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 20})
    void fewTermsGiveTheSameOnAverage(int terms) {
        double sum = 0, squares = 0;
        int runs = 200;
        for (int i = 0; i < runs; i++) {
            double nats = -score(all(level(150), 1, 64), 1000 + i, CHAIN, "terms", String.valueOf(terms))
                    .nats(0);
            sum += nats;
            squares += nats * nats;
        }
        double mean = sum / runs, error = Math.sqrt((squares / runs - mean * mean) / runs);
        assertThat(mean).isCloseTo(64 * expected(level(150), false), within(5 * error));
        assertThat(error * Math.sqrt(runs)).isGreaterThan(1);
    }

    @Test
    void noModelCostsLessThanTheDistributionItself() {
        SplittableRandom random = new SplittableRandom(1);
        int n = 20_000;
        DoubleTensor x = DoubleTensor.zeros(1, n);
        double exact = 0;
        for (int i = 0; i < n; i++) {
            double v = Math.min(Math.max(MEAN + DEVIATION * random.nextGaussian(), -1), 1);
            double grey = level((int) Math.rint((v + 1) / WIDTH));
            x.values()[i] = grey;
            double half = WIDTH / 2 / DEVIATION, z = (grey - MEAN) / DEVIATION;
            exact -= Normal.logBetween(z - half, z + half) / n;
        }
        double few = -score(x, 2, new Chain(STEPS)).nats(0) / n,
                many = -score(x, 2, new Chain(4 * STEPS)).nats(0) / n;
        assertThat(few).isGreaterThan(exact);
        // Steps four times as short lose less, and stay above.
        assertThat(many).isBetween(exact, few);
    }

    @Test
    void dataIsTakenAtTheNearestLevel() {
        DoubleTensor on = all(level(100), 1, 8), off = all(level(100) + .3 * WIDTH, 1, 8);
        assertThat(score(off, 1, CHAIN).nats(0)).isEqualTo(score(on, 1, CHAIN).nats(0));
        assertThat(score(all(1.04, 1, 8), 1, CHAIN).nats(0))
                .isEqualTo(score(all(1, 1, 8), 1, CHAIN).nats(0));
        assertThat(off.values()[0]).as("what is given is left alone").isEqualTo(level(100) + .3 * WIDTH);
    }

    @Test
    void whatHasNoChainOrNoErrorIsRefused() {
        assertThatThrownBy(() -> score(all(0, 1, 4), 1, new Chain(0)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("continuous noise levels");
        assertThatThrownBy(() -> score(all(0, 1, 4), 1, new Chain(1))).hasMessageContaining("2 training steps or more");
        assertThatThrownBy(() -> score(all(0, 1, 4), 1, CHAIN, "variance", "learned"))
                .hasMessageContaining("variance output is none");
    }

    @ParameterizedTest
    @CsvSource({
        "0, -0.6931471805599453",
        "-1, -1.8410216450092636",
        "-3, -6.6077262215103505",
        "-10, -53.23128515051247",
        "-40, -804.6084420137538",
        "1, -0.17275377902344985",
        "5, -2.866516129637635e-7"
    })
    void theLogarithmsOfTheNormalHoldFarOut(double x, double expected) {
        // ln(erfc(-x / sqrt(2)) / 2) in 50 digits
        assertThat(Normal.logCdf(x)).isCloseTo(expected, within(1e-12 * Math.max(1, Math.abs(expected))));
    }

    @Test
    void aThinSliceOfATailKeepsItsDigits() {
        double slice = Math.exp(Normal.logBetween(20, 20.001) + 200);
        // The density exp(-x^2/2) over the slice, with exp(-200) taken out; it falls by 2 % across it.
        double integral = simpson(u -> Math.exp(200 - u * u / 2) / Math.sqrt(2 * Math.PI), 20, 20.001);
        assertThat(slice).isCloseTo(integral, within(1e-9 * integral));
        assertThat(Normal.logBetween(-20.001, -20)).isEqualTo(Normal.logBetween(20, 20.001));
    }
}
