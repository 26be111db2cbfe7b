package io.sampler4j.model.tokens;

import static io.sampler4j.onnx.JavaNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Query.Stat;
import io.sampler4j.api.token.Rows;
import io.sampler4j.model.Manifest;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.JavaNetwork;
import io.sampler4j.onnx.JavaNetwork.Array;
import io.sampler4j.onnx.Port;
import io.sampler4j.onnx.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a network is given, and whose answer each row is, by a network whose logits depend on all that it is given. */
class TokenBatchTest {
    private static final int VOCABULARY = 7, MASK = 6, PAD = 5;

    private final Map<String, double[]> seen = new HashMap<>();
    private JavaNetwork network;

    @AfterEach
    void everySlotIsClosed() {
        assertThat(network.openSlots()).isZero();
    }

    /** @param inputs beside the ids: meanings, which are the tensors' names as well */
    private TokenModel model(String tokens, String... inputs) {
        List<Port> ports = new ArrayList<>(List.of(port("ids", "int64", "batch", "length")));
        StringBuilder names = new StringBuilder("\"ids\": \"ids\"");
        for (String name : inputs) {
            names.append(", \"%s\": \"%s\"".formatted(name, name));
            ports.add(
                    switch (name) {
                        case "time" -> port(name, "float32", "batch");
                        case "rows" -> port(name, "int64", "n");
                        default -> port(name, "int64", "batch", "length");
                    });
        }
        boolean chosen = List.of(inputs).contains("rows");
        Port logits = chosen
                ? port("logits", "float32", "n", VOCABULARY)
                : port("logits", "float32", "batch", "length", VOCABULARY);
        network = new JavaNetwork(new Signature(ports, List.of(logits)), this::call);
        return new TokenModel(
                Manifest.parse("""
                {"format": 1, "kind": "tokens", "files": {"n.onnx": "%s"},
                 "networks": {"denoiser": {"file": "n.onnx", "inputs": {%s}, "outputs": {"logits": "logits"}}},
                 "tokens": {"vocabulary": 7, "mask": 6, "pad": 5, "corruption": "absorbing", "length": 32%s}}
                """.formatted("0".repeat(64), names, tokens.isEmpty() ? "" : ", " + tokens), "test"));
    }

    private void call(Map<String, Array> in, Map<String, Array> out) {
        in.forEach((name, a) -> seen.put(name, a.values().clone()));
        Array ids = in.get("ids"), logits = out.get("logits");
        int length = ids.rowLength();
        double[] none = new double[ids.values().length], all = new double[ids.values().length];
        Arrays.fill(all, 1);
        double[] attention = in.containsKey("attention") ? in.get("attention").values() : all;
        double[] positions = in.containsKey("positions") ? in.get("positions").values() : none;
        double[] rows = in.containsKey("rows")
                ? in.get("rows").values()
                : IntStream.range(0, ids.values().length).asDoubleStream().toArray();
        for (int r = 0; r < rows.length; r++) {
            int at = (int) rows[r], b = at / length;
            double context = 0;
            for (int q = b * length; q < (b + 1) * length; q++) {
                context += attention[q] * (ids.values()[q] + 1) * (q - b * length + 1);
            }
            double time = in.containsKey("time") ? in.get("time").values()[b] : 0;
            for (int v = 0; v < VOCABULARY; v++) {
                logits.values()[r * VOCABULARY + v] = 4
                        * Math.sin(1
                                + 1.7 * v
                                + .9 * ids.values()[at]
                                + .31 * positions[at]
                                + .37 * context
                                + time
                                + .5 * (at % length));
            }
        }
    }

    private TokenBatch batch(TokenModel model, double scale, boolean pad) {
        return new TokenBatch(model, network, "denoiser", scale, pad, 1, new Cancellation());
    }

    private static Query query() {
        return Query.token().with(Stat.RUNNER_UP);
    }

    /** Token, probability and runner-up of each masked position, all canvases in one meeting. */
    private List<List<Double>> ask(TokenBatch batch, Query query, double noise, TestCanvas... canvases) {
        List<TokenBatch.Member> members = new ArrayList<>();
        for (int k = 0; k < canvases.length; k++) members.add(batch.join());
        List<CompletableFuture<List<Double>>> answers = new ArrayList<>();
        for (int k = 0; k < canvases.length; k++) {
            TestCanvas x = canvases[k];
            TokenBatch.Member member = members.get(k);
            answers.add(CompletableFuture.supplyAsync(
                    () -> {
                        try (member) {
                            Rows rows = new Rows(query, x.length());
                            rows.masked(x, 0, x.length()).at(noise);
                            member.predict(x, rows);
                            List<Double> said = new ArrayList<>();
                            for (int i = 0; i < rows.size(); i++) {
                                said.addAll(List.of((double) rows.token(i), rows.probability(i), rows.runnerUp(i)));
                            }
                            return said;
                        }
                    },
                    r -> new Thread(r).start()));
        }
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private static TestCanvas canvas(int... ids) {
        return new TestCanvas(MASK, 1, ids);
    }

    private static TestCanvas[] unlike() {
        return new TestCanvas[] {
            canvas(1, 2, MASK, MASK), canvas(3, MASK, 4, MASK, MASK, 0, MASK), canvas(MASK, 2),
        };
    }

    @ParameterizedTest
    @CsvSource({
        "0, false, 1",
        "1, false, 1",
        "-1, false, 1",
        "0, true, 1",
        "-1, true, 1",
        "0, false, 2.5",
        "-1, true, 2.5"
    })
    void unlikeLengthsInOneCallEqualEachAlone(int shift, boolean chosen, double scale) {
        String tokens = "\"padding\": \"masked\", \"shift\": " + shift;
        TokenModel model = chosen ? model(tokens, "attention", "rows") : model(tokens, "attention");
        List<List<Double>> alone = new ArrayList<>();
        for (TestCanvas x : unlike()) {
            try (TokenBatch batch = batch(model, scale, true)) {
                alone.addAll(ask(batch, query(), 0, x));
            }
        }
        try (TokenBatch batch = batch(model, scale, true)) {
            assertThat(ask(batch, query(), 0, unlike())).isEqualTo(alone);
            assertThat(batch.calls()).isEqualTo(1);
        }
        double[] ids = seen.get("ids"), attention = seen.get("attention");
        assertThat(ids).hasSize((scale == 1 ? 3 : 6) * 7);
        for (int i = 0; i < ids.length; i++) assertThat(attention[i] == 0).isEqualTo(ids[i] == PAD);
        assertThat(Arrays.stream(attention).sum()).isEqualTo((scale == 1 ? 1 : 2) * (4 + 7 + 2));
    }

    @Test
    void unlikeLengthsAreCallsOfTheirOwnUnlessFilledUp() {
        try (TokenBatch batch = batch(model("", "attention"), 1, false)) {
            ask(batch, query(), 0, unlike());
            assertThat(batch.calls()).isEqualTo(3);
            assertThat(seen.get("attention")).containsOnly(1);
        }
    }

    /** An export whose answers are rows of logits says what one with all logits says, guided or not. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 3})
    void logitsOfChosenRowsAreThoseOfAll(double scale) {
        List<List<Double>> all, chosen;
        TestCanvas[] two = {canvas(1, MASK, 2, MASK, MASK), canvas(MASK, 3, MASK, 0, 4)};
        try (TokenBatch batch = batch(model(""), scale, false)) {
            all = ask(batch, query(), 0, two);
        }
        JavaNetwork first = network;
        try (TokenBatch batch = batch(model("", "rows"), scale, false)) {
            chosen = ask(batch, query(), 0, two);
        }
        assertThat(first.openSlots()).isZero();
        assertThat(chosen).isEqualTo(all);
        assertThat(all.get(0)).hasSize(9);
        assertThat(all.get(1)).hasSize(6);
        // Five rows asked for; the rest of the slot repeats one of them.
        int half = seen.get("rows").length / (scale == 1 ? 1 : 2);
        assertThat(Arrays.stream(seen.get("rows")).limit(half).distinct()).hasSize(5);
    }

    @Test
    void positionsCountFromTheStartOfEachSequence() {
        try (TokenBatch batch = batch(model("", "positions"), 2, false)) {
            ask(batch, query(), 0, canvas(1, MASK, 2), canvas(MASK, 3, 4));
        }
        assertThat(seen.get("positions")).containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2);
    }

    @ParameterizedTest
    @CsvSource({"t, 0.75, 0.75", "sigma, 0.75, 1.3862943611198906", "sigma, 1, 6.907755278982137"})
    void theShareOfMasksIsToldAsTheNetworkLearnedIt(String time, double share, float told) {
        try (TokenBatch batch = batch(model("\"time\": \"" + time + "\"", "time"), 2, false)) {
            ask(batch, query(), share, canvas(1, MASK));
        }
        assertThat(seen.get("time")).containsExactly(told, told);
    }

    @Test
    void segmentsAreAllTheFirst() {
        try (TokenBatch batch = batch(model("", "segments"), 1, false)) {
            ask(batch, query(), 0, canvas(1, MASK));
        }
        assertThat(seen.get("segments")).containsExactly(0, 0);
    }

    /** An id that is begin-suppressed may be answered anywhere but where the text that is made begins. */
    @Test
    void whatMayNotBeginIsHiddenAtTheFirstOpenPositionAlone() {
        TestCanvas x = canvas(1, MASK, 2, MASK, MASK);
        List<Double> free, begun;
        try (TokenBatch batch = batch(model(""), 1, false)) {
            free = ask(batch, query(), 0, x).get(0);
        }
        int first = free.get(0).intValue();
        assertThat(first).isNotEqualTo(MASK);
        try (TokenBatch batch = batch(model("\"beginSuppress\": [%d]".formatted(first)), 1, false)) {
            begun = ask(batch, query(), 0, x).get(0);
        }
        assertThat(begun.get(0)).isNotEqualTo(free.get(0));
        assertThat(begun.get(1)).isGreaterThan(free.get(2));
        assertThat(begun.subList(3, 9)).isEqualTo(free.subList(3, 9));
        // Once it has settled, the next position is not the first open one.
        x.settle(1, 0, 1);
        int second = canvasAnswer(x);
        try (TokenBatch batch = batch(model("\"beginSuppress\": [%d]".formatted(second)), 1, false)) {
            assertThat(ask(batch, query(), 0, x).get(0).get(0)).isEqualTo((double) second);
        }
    }

    private int canvasAnswer(TestCanvas x) {
        try (TokenBatch batch = batch(model(""), 1, false)) {
            return ask(batch, query(), 0, x).get(0).get(0).intValue();
        }
    }

    @Test
    void theMaskAndWhatIsSuppressedAreNeverAnswered() {
        for (int hidden = 0; hidden < MASK; hidden++) {
            try (TokenBatch batch = batch(model("\"suppress\": [%d]".formatted(hidden)), 1, false)) {
                List<Double> said = ask(
                                batch,
                                query(),
                                0,
                                canvas(IntStream.range(0, 16).map(i -> MASK).toArray()))
                        .get(0);
                for (int i = 0; i < said.size(); i += 3)
                    assertThat(said.get(i)).isNotIn((double) hidden, (double) MASK);
            }
        }
    }

    @Test
    void withoutThePromptIsTheMaskWhereItStood() {
        TestCanvas x = canvas(1, MASK, 2, MASK);
        x.settle(1, 0, 1);
        try (TokenBatch batch = batch(model(""), 2, false)) {
            ask(batch, query(), 0, x);
        }
        assertThat(seen.get("ids")).containsExactly(1, 0, 2, MASK, MASK, 0, MASK, MASK);
    }
}
