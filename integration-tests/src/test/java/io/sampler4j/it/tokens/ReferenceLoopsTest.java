package io.sampler4j.it.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.token.TokenGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same tokens as the references' own loops on the same random network, at temperature 0 (export/llada_reference.py). */
class ReferenceLoopsTest {
    private static final Path FOLDER = Path.of("src/test/resources/llada");

    private static JsonNode reference() {
        try {
            return new ObjectMapper().readTree(FOLDER.resolve("reference.json").toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<Arguments> settings() {
        return StreamSupport.stream(reference().get("settings").spliterator(), false)
                .map(s -> {
                    var shown = ((com.fasterxml.jackson.databind.node.ObjectNode) s.deepCopy());
                    shown.remove("ids");
                    return Arguments.of(shown.toString(), s);
                });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("settings")
    void settlesTheSameTokens(String name, JsonNode s) {
        JsonNode all = reference();
        int mask = all.get("mask").asInt(), end = all.get("end").asInt();
        int[] prompt = ints(s.get("prompt")), expected = ints(s.get("ids"));
        Map<String, String> options = new HashMap<>(Map.of("stop-at-end", "false"));
        double scale = 1;
        String tokens = "";
        TokenGrid grid = TokenNetwork.grid("linear", 1);
        switch (s.get("loop").asText()) {
            case "llada" -> {
                options.put("block-length", s.get("block").asText());
                grid = TokenNetwork.grid("linear", s.get("steps").asInt());
                scale = s.get("scale").asDouble();
                if (s.get("noEnd").asBoolean()) tokens = "\"suppress\": [" + end + "]";
            }
            case "fast" -> {
                options.put("block-length", s.get("block").asText());
                options.put("threshold", s.get("threshold").asText());
            }
            default -> {
                options.put("choice", s.get("choice").asText());
                options.put("as-drawn", "true");
                options.put("top-p", s.get("topP").asText());
                options.put("top-k", s.get("topK").asText());
                grid = TokenNetwork.grid("dream", s.get("steps").asInt());
                tokens = "\"shift\": 1";
            }
        }
        int[] start = IntStream.range(0, expected.length)
                .map(i -> i < prompt.length ? prompt[i] : mask)
                .toArray();
        TestCanvas x = new TestCanvas(mask, 1, start);
        try (TokenNetwork network = new TokenNetwork(
                FOLDER.resolve("random.onnx"), all.get("vocabulary").asInt(), mask, tokens)) {
            long calls = network.run(TokenNetwork.sampler(options), grid, scale, x);
            assertThat(x.ids()).containsExactly(expected);
            if (s.has("nfe")) assertThat(calls).isEqualTo(s.get("nfe").asLong());
        }
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
