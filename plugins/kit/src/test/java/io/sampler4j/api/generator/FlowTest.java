package io.sampler4j.api.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.stage.FlowScorer;
import io.sampler4j.api.stage.Score;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.TestRun;
import org.junit.jupiter.api.Test;

/** NICE in two dimensions, through the types that a flow has. */
class FlowTest {
    /** Two additive couplings and a scaling (Dinh et al. 2015, section 3). */
    private static final class Coupling implements Flow {
        private static final double[] SCALE = {.4, -.7};

        @Override
        public Tensor latentFor(Tensor x) {
            return x.like();
        }

        @Override
        public void generate(Tensor z, Tensor x) {
            double[] h = ((DoubleTensor) z).values(), v = ((DoubleTensor) x).values();
            for (int i = 0; i < v.length; i += 2) {
                double b = h[i + 1] * Math.exp(-SCALE[1]), a = h[i] * Math.exp(-SCALE[0]) - Math.sin(b);
                v[i] = a;
                v[i + 1] = b - Math.tanh(2 * a);
            }
        }

        @Override
        public void encode(Tensor x, Tensor z, double[] logDet) {
            double[] v = ((DoubleTensor) x).values(), h = ((DoubleTensor) z).values();
            for (int i = 0; i < v.length; i += 2) {
                double b = v[i + 1] + Math.tanh(2 * v[i]), a = v[i] + Math.sin(b);
                h[i] = a * Math.exp(SCALE[0]);
                h[i + 1] = b * Math.exp(SCALE[1]);
                logDet[i / 2] += SCALE[0] + SCALE[1];
            }
        }
    }

    private static final class Logistic implements LatentDistribution {
        @Override
        public void draw(Noise noise, Tensor z) {
            noise.uniform(z);
            double[] v = ((DoubleTensor) z).values();
            for (int i = 0; i < v.length; i++) v[i] = Math.log(v[i]) - Math.log1p(-v[i]);
        }

        @Override
        public void logDensity(Tensor z, double[] nats) {
            double[] v = ((DoubleTensor) z).values();
            for (int i = 0; i < v.length; i++) {
                double a = Math.abs(v[i]);
                nats[i / 2] -= a + 2 * Math.log1p(Math.exp(-a));
            }
        }
    }

    private static final FlowScorer SCORER = (flow, latents, x, run) -> {
        Tensor z = flow.latentFor(x);
        double[] nats = new double[x.samples()];
        flow.encode(x, z, nats);
        latents.logDensity(z, nats);
        return Score.exact(nats);
    };

    private static final GeneratorSampler NICE = (G, latents, x, run) -> {
        Tensor z = G.latentFor(x);
        latents.draw(run.noise(), z);
        G.generate(z, x);
        run.step(0, x);
    };

    private final Flow flow = new Coupling();
    private final TensorRun run = new TestRun(1);

    @Test
    void whatIsGeneratedIsEncodedToItsLatent() {
        DoubleTensor x = DoubleTensor.zeros(100, 2), again = x.like();
        NICE.sample(flow, new Logistic(), x, run);
        Tensor z = flow.latentFor(x);
        flow.encode(x, z, new double[100]);
        flow.generate(z, again);
        // A few roundings of numbers below 100.
        assertThat(again.values()).containsExactly(x.values(), within(1e-12));
    }

    @Test
    void theDensityOfAScorerIntegratesToOne() {
        int n = 600;
        double h = .1;
        DoubleTensor plane = DoubleTensor.zeros(n * n, 2);
        for (int i = 0; i < n * n; i++) {
            plane.values()[2 * i] = (i % n - n / 2.) * h;
            plane.values()[2 * i + 1] = (i / n - n / 2.) * h;
        }
        Score score = SCORER.score(flow, new Logistic(), plane, run);
        double integral = 0;
        for (int i = 0; i < n * n; i++) integral += Math.exp(score.nats(i)) * h * h;
        // Beyond 30 the scaled logistic has e^-14 of its mass; the rectangle rule on a smooth bump is finer than that.
        assertThat(integral).isCloseTo(1, within(1e-5));
        assertThat(score.standardError(0)).isZero();
    }
}
