package io.sampler4j.plugins.nice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.stage.FlowScorer;
import io.sampler4j.api.stage.Score;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowLikelihoodTest {
    private static final Plane FLOW = new Plane(-1., 1.);

    private static Score score(DoubleTensor x, TestRun run, String... options) {
        Map<String, String> given = options.length == 0
                ? Map.of()
                : options.length == 2
                        ? Map.of(options[0], options[1])
                        : Map.of(options[0], options[1], options[2], options[3]);
        FlowScorer scorer = TextOptions.make(new NiceContribution(), FlowScorer.class, "flow", given);
        return scorer.score(FLOW, NiceTest.latents("logistic"), x, run);
    }

    @Test
    void itIsTheLatentsDensityAndTheLogDeterminant() {
        TestRun run = new TestRun(1);
        DoubleTensor two = DoubleTensor.zeros(2, 2);
        System.arraycopy(new double[] {.3, -.8, 1.7, .2}, 0, two.values(), 0, 4);
        Score s = score(two, run, "levels", "0");
        // Latents pass through float32 on their way to the density.
        assertThat(s.nats(0)).isCloseTo(Plane.logLikelihood(.3, -.8), within(1e-6));
        assertThat(s.nats(1)).isCloseTo(Plane.logLikelihood(1.7, .2), within(1e-6));
        assertThat(s.standardError(0)).isZero();
        assertThat(s.logCell()).isZero();
        assertThat(run.draws()).isZero();
    }

    @Test
    void theDensityIntegratesToOne() {
        int n = 400;
        double h = .15;
        DoubleTensor plane = DoubleTensor.zeros(n * n, 2);
        for (int i = 0; i < n * n; i++) {
            plane.values()[2 * i] = (i % n - n / 2.) * h;
            plane.values()[2 * i + 1] = (i / n - n / 2.) * h;
        }
        Score s = score(plane, new TestRun(1), "levels", "0");
        double integral = 0;
        for (int i = 0; i < n * n; i++) integral += Math.exp(s.nats(i)) * h * h;
        // Beyond 30 the scaled logistic has e^-14 of its mass; the rectangle rule on a smooth bump is finer than that.
        assertThat(integral).isCloseTo(1, within(1e-5));
    }

    @Test
    void levelsAreSpreadOverTheirCells() {
        int levels = 8, draws = 4000;
        double cell = 2. / levels;
        Score s = score(DoubleTensor.of(-1 + 2 * 3 / 7., 1), new TestRun(1), "levels", "8", "draws", "" + draws);
        double mean = 0;
        int fine = 200;
        for (int i = 0; i < fine; i++) {
            for (int j = 0; j < fine; j++) {
                double first = -1 + cell * (3 + (i + .5) / fine), second = -1 + cell * (7 + (j + .5) / fine);
                mean += Plane.logLikelihood(first, second) / fine / fine;
            }
        }
        assertThat(s.standardError(0)).isBetween(1e-4, 1e-2);
        assertThat(s.nats(0)).isCloseTo(mean, within(5 * s.standardError(0)));
        assertThat(s.logCell()).isCloseTo(2 * Math.log(cell), within(1e-12));
    }

    @Test
    void theProbabilitiesOfAllLevelsTogetherAreBelowThatOfTheirSquare() {
        int n = 16;
        DoubleTensor all = DoubleTensor.zeros(n * n, 2);
        for (int i = 0; i < n * n; i++) {
            all.values()[2 * i] = -1 + 2. * (i % n) / (n - 1);
            all.values()[2 * i + 1] = -1 + 2. * (i / n) / (n - 1);
        }
        Score s = score(all, new TestRun(2), "levels", "16", "draws", "400");
        double bound = 0, mass = 0;
        for (int i = 0; i < n * n; i++) bound += Math.exp(s.nats(i) + s.logCell());
        int fine = 500;
        for (int i = 0; i < fine * fine; i++) {
            double first = -1 + 2 * (i % fine + .5) / fine, second = -1 + 2 * (i / fine + .5) / fine;
            mass += Math.exp(Plane.logLikelihood(first, second)) * 4 / fine / fine;
        }
        // In cells of an eighth the density hardly bends: the two are within a hundredth, the bound below.
        assertThat(bound).isBetween(.99 * mass, mass);
    }

    @Test
    void theErrorIsTheSpreadOfRepeatedScores() {
        int n = 2000;
        DoubleTensor same = DoubleTensor.zeros(n, 2);
        Score s = score(same, new TestRun(3), "levels", "2", "draws", "5");
        double mean = 0, squares = 0, said = 0;
        for (int i = 0; i < n; i++) {
            mean += s.nats(i) / n;
            said += s.standardError(i) * s.standardError(i) / n;
        }
        for (int i = 0; i < n; i++) squares += (s.nats(i) - mean) * (s.nats(i) - mean) / (n - 1);
        // Two means of 2,000: known to some hundredths, and four times that is far from a wrong divisor's 1.25.
        assertThat(said / squares).isCloseTo(1, within(.15));
    }

    @Test
    void aBatchEqualsItsSinglesAndWhatIsGivenIsLeftAlone() {
        DoubleTensor two = DoubleTensor.zeros(2, 2);
        System.arraycopy(new double[] {.1, .2, -.3, .9}, 0, two.values(), 0, 4);
        TestRun run = new TestRun(4);
        Score s = score(two, run);
        assertThat(s.nats(1))
                .isEqualTo(score(DoubleTensor.of(-.3, .9), new TestRun(5)).nats(0));
        assertThat(s.nats(0))
                .isEqualTo(score(DoubleTensor.of(.1, .2), new TestRun(4)).nats(0));
        assertThat(two.values()).containsExactly(.1, .2, -.3, .9);
        assertThat(run.draws()).isEqualTo(5);
        assertThat(run.steps()).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void levelsOfAnUnknownRangeAreRefused() {
        FlowScorer scorer = TextOptions.make(new NiceContribution(), FlowScorer.class, "flow", Map.of());
        assertThatThrownBy(() ->
                        scorer.score(new Plane(), NiceTest.latents("logistic"), DoubleTensor.of(0, 0), new TestRun(1)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("levels=0");
    }
}
