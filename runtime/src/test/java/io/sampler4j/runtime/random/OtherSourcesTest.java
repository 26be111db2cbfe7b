package io.sampler4j.runtime.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.error.RefusedException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OtherSourcesTest {
    /** The device's logarithm and sine are approximate: methods-continuous D.2 states 1e-6. */
    private static final Offset<Float> DEVICE = within(2e-6f);

    @Test
    void cudaNormalsAreThoseThatGpusPrinted() {
        RandomStream stream = RandomSources.named("torch-cuda").stream(0);
        close(
                normals(stream, 12),
                -0.92466241f,
                -0.42534393f,
                -2.6438458f,
                0.14518386f,
                -0.12086657f,
                -0.57972574f,
                -0.62285155f,
                -0.32838708f,
                -1.0745417f,
                -0.36314404f,
                -1.6710502f,
                2.2655048f);
        close(normals(stream, 4), 0.18082580f, -0.55226266f, 0.92381340f, -0.73497027f);
        close(
                normals(RandomSources.named("torch-cuda").stream(42), 4),
                0.19401887f,
                2.1613739f,
                -0.17205061f,
                0.84906006f);
    }

    @Test
    void cudaUniformsAreThoseThatGpusPrinted() {
        float[] out = new float[4];
        RandomSources.named("torch-cuda").stream(0).uniform(out, 0, 4);
        close(out, 0.39904648f, 0.51667917f, 0.024930386f, 0.94007939f);
    }

    /** Beyond one wave of threads the layout shows; values of real GPUs (pytorch issue 143086), seed 1. */
    @Test
    void largeCudaDrawsDependOnTheGpu() {
        int n = 9_483_264;
        close(tail("torch-cuda:multiprocessors=108,threads=2048", n), 0.15493205f, -0.6797383f, -0.1656106f);
        close(tail("torch-cuda", n), -0.69696766f, -0.77800584f, 0.32665575f);
    }

    private static float[] tail(String source, int n) {
        float[] out = normals(RandomSources.named(source).stream(1), n);
        return new float[] {out[n - 3], out[n - 2], out[n - 1]};
    }

    /** numpy 2.4.6: RandomState(s).randn and .random_sample, printed as float32. */
    @Test
    void numpyAgreesToTheBit() {
        assertThat(normals(RandomSources.named("numpy").stream(0), 6))
                .containsExactly(1.7640524f, 0.4001572f, 0.978738f, 2.2408931f, 1.867558f, -0.9772779f);
        float[] out = new float[4];
        RandomSources.named("numpy").stream(42).uniform(out, 0, 4);
        assertThat(out).containsExactly(0.37454012f, 0.9507143f, 0.7319939f, 0.5986585f);
    }

    @Test
    void aSeedBeyondNumpysIsRefused() {
        assertThatThrownBy(() -> RandomSources.named("numpy").stream(1L << 32))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("0 to 4294967295");
    }

    @Test
    void anUnknownSourceIsAnsweredWithWhatThereIs() {
        assertThatThrownBy(() -> RandomSources.named("troch"))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "there is no random source \"troch\"; did you mean \"torch\"? There are: torch, numpy, torch-cuda");
        assertThatThrownBy(() -> RandomSources.named("torch-cuda:sm=3")).hasMessageContaining("multiprocessors");
    }

    @Test
    void aNameMakesTheSameSourceAgain() {
        for (String name : new String[] {
            "torch", "torch:portable", "numpy", "torch-cuda", "torch-cuda:multiprocessors=108,threads=2048"
        }) {
            assertThat(RandomSources.named(name).name()).isEqualTo(name);
        }
    }

    private static float[] normals(RandomStream stream, int n) {
        float[] out = new float[n];
        stream.normal(out, 0, n);
        return out;
    }

    private static void close(float[] actual, float... expected) {
        assertThat(actual).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++)
            assertThat(actual[i]).as("value %d", i).isCloseTo(expected[i], DEVICE);
    }
}
