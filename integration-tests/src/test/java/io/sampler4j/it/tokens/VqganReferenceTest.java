package io.sampler4j.it.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.model.tokens.TokenBatch;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same codes as the references' own loops on the same random networks from the same uniforms (export/vqgan_reference.py). */
class VqganReferenceTest {
    static Stream<Arguments> taming() {
        return settings("taming").flatMap(s -> Stream.of(false, true).map(cached -> arguments(s, cached)));
    }

    static Stream<Arguments> guided() {
        return settings("guided").map(VqganReferenceTest::arguments);
    }

    static Stream<Arguments> windows() {
        return settings("window").map(VqganReferenceTest::arguments);
    }

    static Stream<Arguments> maskgit() {
        return settings("maskgit").map(VqganReferenceTest::arguments);
    }

    private static Stream<JsonNode> settings(String loop) {
        try {
            JsonNode all = new ObjectMapper()
                    .readTree(PriorNetwork.FOLDER.resolve("reference.json").toFile());
            return StreamSupport.stream(all.get("settings").spliterator(), false)
                    .filter(s -> s.get("loop").asText().equals(loop));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Arguments arguments(JsonNode s, Object... more) {
        ObjectNode shown = s.deepCopy();
        shown.remove("codes");
        return Arguments.of(
                Stream.concat(Stream.of(shown.toString(), s), Stream.of(more)).toArray());
    }

    private static int[] codes(JsonNode s) {
        return StreamSupport.stream(s.get("codes").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private static long run(
            PriorNetwork network,
            JsonNode s,
            TokenSampler sampler,
            TokenGrid grid,
            int rows,
            int columns,
            TestCanvas x) {
        double scale = s.path("scale").asDouble(1);
        try (TokenBatch batch = network.batch(scale);
                TokenBatch.Member denoiser = batch.join(
                        network.model.front(OptionalInt.of(s.get("class").asInt())),
                        network.model.raster(rows, columns))) {
            sampler.sample(
                    denoiser, grid, x, new PriorNetwork.Drawn(x, s.path("seed").asLong()));
            return batch.calls();
        }
    }

    @ParameterizedTest(name = "{0} cached: {2}")
    @MethodSource
    void taming(String name, JsonNode s, boolean cached) {
        TokenSampler sampler = PriorNetwork.sampler(
                "autoregressive",
                Map.of(
                        "temperature", s.get("temperature").asText(),
                        "top-k", s.get("topK").asText(),
                        "top-p", s.get("topP").asText()));
        try (PriorNetwork network = cached ? PriorNetwork.stepwise() : PriorNetwork.uncached()) {
            TestCanvas x = network.blank(16);
            assertThat(run(network, s, sampler, null, 4, 4, x)).isEqualTo(16);
            assertThat(x.ids()).containsExactly(codes(s));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void guided(String name, JsonNode s) {
        TokenSampler sampler = PriorNetwork.sampler("autoregressive", Map.of("temperature", "0"));
        try (PriorNetwork network = PriorNetwork.causal()) {
            TestCanvas x = network.blank(16);
            run(network, s, sampler, null, 4, 4, x);
            assertThat(x.ids()).containsExactly(codes(s));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void windows(String name, JsonNode s) {
        int rows = s.get("rows").asInt(), columns = s.get("columns").asInt();
        TokenSampler sampler = PriorNetwork.sampler("autoregressive", Map.of("temperature", "0"));
        try (PriorNetwork network = PriorNetwork.causal()) {
            TestCanvas x = network.blank(rows * columns);
            run(network, s, sampler, null, rows, columns, x);
            assertThat(x.ids()).containsExactly(codes(s));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void maskgit(String name, JsonNode s) {
        TokenSampler sampler = PriorNetwork.sampler(
                "maskgit", Map.of("choice-temperature", s.get("choice").asText()));
        String schedule = s.get("schedule").asText();
        try (PriorNetwork network = PriorNetwork.masked()) {
            Map<String, String> options = schedule.equals("pow") ? Map.of("exponent", "0.5") : Map.of();
            TokenGrid grid = network.grid(schedule, options, s.get("steps").asInt());
            TestCanvas x = network.blank(16);
            assertThat(run(network, s, sampler, grid, 4, 4, x))
                    .isEqualTo(s.get("masked").size());
            assertThat(x.ids()).containsExactly(codes(s));
        }
    }
}
