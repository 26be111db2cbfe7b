package io.sampler4j.runtime.random;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** PyTorch's own values, bit for bit, on both of its arithmetics. */
class TorchTest {
    private static final Pattern SEEDED = Pattern.compile("seed(-?\\d+)\\.(randn|rand)\\((\\d+)\\)");
    private static final Pattern SEQUENCE = Pattern.compile("seed0\\.sequence\\[\\d+]\\.randn\\((\\d+)\\)");

    @TestFactory
    List<DynamicTest> everyRecordedVectorAgrees() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (String path : new String[] {"avx2", "default"}) {
            RandomSource source = RandomSources.named(path.equals("avx2") ? "torch" : "torch:portable");
            vectors().path(path).properties().forEach(v -> {
                Matcher m = SEEDED.matcher(v.getKey());
                if (!m.matches()) return;
                tests.add(DynamicTest.dynamicTest(path + " " + v.getKey(), () -> {
                    float[] out = new float[Integer.parseInt(m.group(3))];
                    RandomStream stream = source.stream(Long.parseLong(m.group(1)));
                    if (m.group(2).equals("randn")) stream.normal(out, 0, out.length);
                    else stream.uniform(out, 0, out.length);
                    if (path.equals("avx2")) assertThat(bits(out)).isEqualTo(texts(v.getValue()));
                    else assertWithinUlps(out, texts(v.getValue()));
                }));
            });
        }
        assertThat(tests).hasSizeGreaterThan(50);
        return tests;
    }

    @Test
    void aNormalThatWaitsSurvivesABlockCall() throws Exception {
        RandomStream stream = RandomSources.named("torch").stream(0);
        int calls = 0;
        for (var v : vectors().path("avx2").properties()) {
            Matcher m = SEQUENCE.matcher(v.getKey());
            if (!m.matches()) continue;
            float[] out = new float[Integer.parseInt(m.group(1))];
            stream.normal(out, 0, out.length);
            assertThat(bits(out)).as(v.getKey()).isEqualTo(texts(v.getValue()));
            calls++;
        }
        assertThat(calls).isEqualTo(7);
    }

    @Test
    void aLargeTensorBeginsAsItsFirstBlockDoes() throws Exception {
        float[] out = new float[4 * 3 * 8 * 8];
        RandomSources.named("torch").stream(0).normal(out, 0, out.length);
        assertThat(bits(java.util.Arrays.copyOf(out, 16)))
                .isEqualTo(texts(vectors().path("avx2").path("seed0.randn(4,3,8,8)[first 16]")));
    }

    @Test
    void onlyTheRangeIsFilled() {
        float[] out = new float[20], alone = new float[16];
        RandomSources.named("torch").stream(5).normal(out, 2, 18);
        RandomSources.named("torch").stream(5).normal(alone, 0, 16);
        assertThat(java.util.Arrays.copyOfRange(out, 2, 18)).containsExactly(alone);
        assertThat(new float[] {out[0], out[1], out[18], out[19]}).containsOnly(0f);
    }

    /** The portable arithmetic is the C library's, whose float functions Java's correctly rounded ones miss by 3 ulp at most. */
    private static void assertWithinUlps(float[] actual, List<String> expected) {
        for (int i = 0; i < actual.length; i++) {
            int bits = Integer.parseUnsignedInt(expected.get(i), 16);
            assertThat(Math.abs(Float.floatToRawIntBits(actual[i]) - bits))
                    .as("value %d", i)
                    .isLessThanOrEqualTo(3);
        }
    }

    private static JsonNode vectors() throws Exception {
        try (InputStream in = TorchTest.class.getResourceAsStream("/torch_rng/vectors.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        node.forEach(n -> texts.add(n.asText()));
        return texts;
    }

    private static List<String> bits(float[] values) {
        List<String> bits = new ArrayList<>();
        for (float v : values) bits.add(String.format("%08x", Float.floatToRawIntBits(v)));
        return bits;
    }
}
