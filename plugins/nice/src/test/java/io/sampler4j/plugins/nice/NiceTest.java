package io.sampler4j.plugins.nice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.generator.GeneratorSampler;
import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.api.testing.DoubleTensor;
import io.sampler4j.api.testing.TestRun;
import io.sampler4j.api.testing.TextOptions;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NiceTest {
    private static final int MANY = 200_000;

    static LatentDistribution latents(String name) {
        return TextOptions.make(new NiceContribution(), LatentDistribution.class, name, Map.of());
    }

    private static double[] made(String temperature, TestRun run, int samples) {
        GeneratorSampler nice = TextOptions.make(
                new NiceContribution(), GeneratorSampler.class, "nice", Map.of("temperature", temperature));
        DoubleTensor x = DoubleTensor.zeros(samples, 2);
        nice.sample(new Plane(), latents("logistic"), x, run);
        return x.values();
    }

    @Test
    void whatIsGeneratedIsTheLatentThroughTheInverse() {
        Plane flow = new Plane();
        DoubleTensor z = DoubleTensor.zeros(100, 2), back = DoubleTensor.zeros(100, 2);
        latents("logistic").draw(new TestRun(1), z);
        DoubleTensor x = DoubleTensor.zeros(100, 2);
        x.write(floats(made("1", new TestRun(1), 100)));
        flow.encode(x, back, new double[100]);
        // x was rounded to float32, and has numbers below 20.
        assertThat(back.values()).containsExactly(z.values(), within(1e-5));
    }

    private static float[] floats(double[] v) {
        float[] f = new float[v.length];
        for (int i = 0; i < f.length; i++) f[i] = (float) v[i];
        return f;
    }

    @Test
    void theTemperatureMultipliesTheLatent() {
        Plane flow = new Plane();
        DoubleTensor x = DoubleTensor.of(made("0.5", new TestRun(3), 1)), z = x.like(), whole = x.like();
        flow.encode(x, z, new double[1]);
        latents("logistic").draw(new TestRun(3), whole);
        whole.set(.5, whole);
        assertThat(z.values()).containsExactly(whole.values(), within(1e-12));
        assertThat(made("0", new TestRun(3), 1)).as("the middle").containsExactly(new double[2], within(0.));
    }

    @Test
    void oneDrawOneStepAndNoGrid() {
        TestRun run = new TestRun(1);
        made("1", run, 2);
        assertThat(run.draws()).isEqualTo(1);
        assertThat(run.steps()).containsExactly(0);
        GeneratorSampler nice = TextOptions.make(new NiceContribution(), GeneratorSampler.class, "nice", Map.of());
        assertThat(nice.followsGrid()).isFalse();
    }

    @Test
    void aBatchEqualsItsSingles() {
        double[] batch = made("0.8", new TestRun(5), 3);
        for (int i = 0; i < 3; i++) {
            assertThat(made("0.8", new TestRun(5 + i), 1)).containsExactly(Arrays.copyOfRange(batch, 2 * i, 2 * i + 2));
        }
    }

    @ParameterizedTest
    @CsvSource({"logistic, 3.289868133696453, 4.2", "gaussian, 1, 3"})
    void drawsHaveTheMomentsOfTheirDistribution(String name, double variance, double kurtosis) {
        DoubleTensor z = DoubleTensor.zeros(1, MANY);
        TestRun run = new TestRun(7);
        latents(name).draw(run, z);
        double[] v = z.values();
        double mean = Arrays.stream(v).average().orElseThrow();
        double squares = Arrays.stream(v).map(a -> a * a).average().orElseThrow();
        // Five standard errors; that of a variance is variance sqrt((kurtosis - 1) / n).
        assertThat(mean).isCloseTo(0, within(5 * Math.sqrt(variance / MANY)));
        assertThat(squares).isCloseTo(variance, within(5 * variance * Math.sqrt((kurtosis - 1) / MANY)));
        assertThat(run.draws()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(floats = {0, Float.MIN_VALUE, 1 - 0x1p-24f, 1})
    void theEndsOfTheIntervalGiveFiniteLatents(float u) {
        DoubleTensor z = DoubleTensor.zeros(1, 1);
        latents("logistic").draw(new Ends(u), z);
        assertThat(Math.abs(z.values()[0])).isBetween(16.5, 17.5);
    }

    /** A source that gives one number. */
    private record Ends(float value) implements Noise {
        @Override
        public void normal(Tensor out) {
            out.write(new float[] {value});
        }

        @Override
        public void uniform(Tensor out) {
            out.write(new float[] {value});
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "-3", "30", "-200"})
    void logDensitiesAreThoseOfTheFormulas(double z) {
        double[] logistic = {1}, gaussian = {1};
        latents("logistic").logDensity(DoubleTensor.of(z, z), logistic);
        latents("gaussian").logDensity(DoubleTensor.of(z, z), gaussian);
        // They are added to what is there. Beyond 36 ln(1 + e^z) is z in float64.
        double expected = Math.abs(z) > 36 ? -Math.abs(z) : Plane.logLogistic(z);
        assertThat(logistic[0]).isCloseTo(1 + 2 * expected, within(1e-12 * (1 + Math.abs(expected))));
        assertThat(gaussian[0]).isCloseTo(1 - z * z - Math.log(2 * Math.PI), within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"logistic", "gaussian"})
    void densitiesIntegrateToOne(String name) {
        int n = 8001;
        double h = .01, integral = 0;
        DoubleTensor z = DoubleTensor.zeros(n, 1);
        for (int i = 0; i < n; i++) z.values()[i] = (i - n / 2) * h;
        double[] nats = new double[n];
        latents(name).logDensity(z, nats);
        for (double one : nats) integral += Math.exp(one) * h;
        // Of a smooth bump the rectangle rule is as exact as its numbers, which passed through float32.
        assertThat(integral).isCloseTo(1, within(1e-7));
    }
}
