package io.sampler4j.plugins.nice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.generator.FlowEditor;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GradientAscentTest {
    private static FlowEditor editor(String iterations, String gradient, String noise) {
        return TextOptions.make(
                new NiceContribution(),
                FlowEditor.class,
                "gradient-ascent",
                Map.of("iterations", iterations, "gradient", gradient, "noise", noise));
    }

    /** A run whose host puts the first number back after each step, as one that knows it does. */
    private static final class Known implements TensorRun {
        private final TestRun run = new TestRun(1);
        private final double known;
        private final List<Double> path = new ArrayList<>();

        Known(double known) {
            this.known = known;
        }

        @Override
        public Noise noise() {
            return run.noise();
        }

        @Override
        public void step(int i, Tensor x) {
            double[] v = ((DoubleTensor) x).values();
            v[0] = known;
            path.add(v[1]);
            run.step(i, x);
        }
    }

    @Test
    void oneStepIsThePapersEquation() {
        Plane flow = new Plane();
        DoubleTensor x = DoubleTensor.of(.3, -.2), g = x.like(), n = x.like();
        flow.gradient(x, new double[1], g);
        new TestRun(1).normal(n);
        editor("1", "0.5", "0.25").sample(flow, NiceTest.latents("logistic"), x, new TestRun(1));
        for (int k = 0; k < 2; k++) {
            double expected = (k == 0 ? .3 : -.2) + .1 * (.5 * g.values()[k] + .25 * n.values()[k]);
            assertThat(x.values()[k]).isCloseTo(expected, within(1e-15));
        }
    }

    @Test
    void theSecondStepIsShorterByItsNumber() {
        Plane flow = new Plane();
        DoubleTensor one = DoubleTensor.of(.3, -.2), two = DoubleTensor.of(.3, -.2), g = one.like();
        editor("1", "1", "0").sample(flow, NiceTest.latents("logistic"), one, new TestRun(1));
        editor("2", "1", "0").sample(flow, NiceTest.latents("logistic"), two, new TestRun(1));
        flow.gradient(one, new double[1], g);
        one.add(10. / 101, g);
        assertThat(two.values()).containsExactly(one.values(), within(1e-15));
    }

    @Test
    void withoutNoiseItClimbsToTheLikeliestCompletion() {
        Known run = new Known(.4);
        DoubleTensor x = DoubleTensor.of(.4, -.5);
        editor("2000", "1", "0").sample(new Plane(), NiceTest.latents("logistic"), x, run);
        double best = 0;
        for (double b = -3; b < 3; b += 1e-4) {
            if (Plane.logLikelihood(.4, b) > Plane.logLikelihood(.4, best)) best = b;
        }
        assertThat(x.values()[0]).isEqualTo(.4);
        // The grid's own step, on which the best was looked for.
        assertThat(x.values()[1]).isCloseTo(best, within(2e-4));
        assertThat(run.run.draws()).isZero();
        assertThat(run.path).hasSize(2000);
    }

    @Test
    void whatLeavesTheRangeIsPutBackToItsEnd() {
        DoubleTensor x = DoubleTensor.zeros(20, 2);
        editor("5", "0", "100").sample(new Plane(0., 1.), NiceTest.latents("logistic"), x, new TestRun(1));
        assertThat(x.values()).contains(0, 1);
        for (double v : x.values()) assertThat(v).isBetween(0., 1.);
        DoubleTensor free = DoubleTensor.of(.9, .1);
        editor("50", "0", "100").sample(new Plane(), NiceTest.latents("logistic"), free, new TestRun(1));
        assertThat(Math.abs(free.values()[0])).isGreaterThan(1);
    }

    @Test
    void oneNormalInEveryIterationAndNoGrid() {
        TestRun run = new TestRun(1);
        FlowEditor editor = editor("7", "1", "1");
        editor.sample(new Plane(), NiceTest.latents("logistic"), DoubleTensor.of(0, 0), run);
        assertThat(run.draws()).isEqualTo(7);
        assertThat(run.steps()).hasSize(7);
        assertThat(editor.followsGrid()).isFalse();
    }
}
