package io.sampler4j.it.tokens;

import static io.sampler4j.it.tokens.ChainNetwork.LENGTH;
import static io.sampler4j.it.tokens.ChainNetwork.MASK;
import static io.sampler4j.it.tokens.ChainNetwork.SEQUENCES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.stage.Score;
import io.sampler4j.api.stage.TokenScorer;
import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.testing.TextOptions;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.model.tokens.TokenBatch;
import io.sampler4j.plugins.llada.LladaContribution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** llada over an ONNX network of exact conditionals: the laws that mathematics predicts, by enumeration. */
class TokenLawTest {
    private static final int N = 14_000;

    /** chi^2 with 80 degrees of freedom: mean 80, standard deviation 12.65; five of them above. The seeds are fixed. */
    private static final double BOUND = 143;

    @TempDir
    private Path folder;

    private TokenNetwork network;

    @BeforeEach
    void open() {
        network = new TokenNetwork(ChainNetwork.write(folder), 3, MASK, "");
    }

    @AfterEach
    void close() {
        network.close();
    }

    private double chiSquare(Map<String, String> options, String curve, int steps, ToDoubleFunction<int[]> law) {
        Map<String, String> all = new HashMap<>(Map.of("temperature", "1", "choice", "random"));
        all.putAll(options);
        TokenSampler sampler = TokenNetwork.sampler(all);
        TokenGrid grid = TokenNetwork.grid(curve, steps);
        int[] count = new int[SEQUENCES];
        try (TokenBatch batch = network.batch(1);
                TokenBatch.Member denoiser = batch.join()) {
            for (int seed = 0; seed < N; seed++) {
                TestCanvas x = new TestCanvas(MASK, seed, MASK, MASK, MASK, MASK);
                sampler.sample(denoiser, grid, x, x);
                int k = 0;
                for (int id : x.ids()) k = 3 * k + id;
                count[k]++;
            }
        }
        double chi = 0;
        for (int k = 0; k < SEQUENCES; k++) {
            double expected = N * law.applyAsDouble(ChainNetwork.sequence(k));
            assertThat(expected).isGreaterThan(5);
            chi += (count[k] - expected) * (count[k] - expected) / expected;
        }
        return chi;
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "gumbel"})
    void oneTokenAStepInRandomOrderDrawsTheChain(String draw) {
        assertThat(chiSquare(Map.of("draw", draw), "linear", LENGTH, ChainNetwork::probability))
                .isLessThan(BOUND);
    }

    @Test
    void blocksDrawTheChainToo() {
        assertThat(chiSquare(Map.of("block-length", "2"), "linear", LENGTH, ChainNetwork::probability))
                .isLessThan(BOUND);
    }

    @Test
    void twoTokensAStepDriftAsEnumerationSays() {
        ToDoubleFunction<int[]> law = ids -> {
            double sum = 0;
            for (int first = 1; first < 15; first++) {
                if (Integer.bitCount(first) == 2) sum += apart(ids, first, 0) * apart(ids, 15 & ~first, first) / 6;
            }
            return sum;
        };
        assertThat(chiSquare(Map.of(), "linear", 2, law)).isLessThan(BOUND);
        assertThat(chiSquare(Map.of(), "linear", 2, ChainNetwork::probability)).isGreaterThan(3 * BOUND);
    }

    @Test
    void allAtOnceDrawTheProductOfTheMarginals() {
        assertThat(chiSquare(Map.of(), "linear", 1, ids -> apart(ids, 15, 0))).isLessThan(BOUND);
    }

    @Test
    void theOriginRuleIsIndependentUnmasking() {
        // Two steps with times 1, .5005 and .001: each position unmasks first with chance 1 - .5005.
        double chance = 1 - (1 + (1e-3 - 1) / 2);
        ToDoubleFunction<int[]> law = ids -> {
            double sum = 0;
            for (int first = 0; first < 16; first++) {
                int n = Integer.bitCount(first);
                sum += Math.pow(chance, n)
                        * Math.pow(1 - chance, LENGTH - n)
                        * apart(ids, first, 0)
                        * apart(ids, 15 & ~first, first);
            }
            return sum;
        };
        assertThat(chiSquare(Map.of("independent", "true"), "dream", 2, law)).isLessThan(BOUND);
    }

    /** The product of the conditionals of the positions in {@code of}, each given those in {@code given}. */
    private static double apart(int[] ids, int of, int given) {
        double p = 1;
        for (int i = 0; i < LENGTH; i++) if ((of >> i & 1) == 1) p *= ChainNetwork.conditional(ids, 1 << i, given);
        return p;
    }

    /**
     * The bound is the mean over orders of the chain rule, which for exact conditionals is the log-probability itself,
     * without variance at A = 1 and with some beyond: the estimate lies within five of its standard errors.
     */
    @Test
    void theBoundOfExactConditionalsIsTheLogProbability() {
        TokenScorer scorer =
                TextOptions.make(new LladaContribution(), TokenScorer.class, "llada", Map.of("samples", "2000"));
        int[] ids = {1, 2, 0, 1};
        TestCanvas x = new TestCanvas(MASK, 3, MASK, MASK, MASK, MASK);
        for (int p = 0; p < LENGTH; p++) x.settle(p, ids[p], 1);
        try (TokenBatch batch = network.batch(1);
                TokenBatch.Member denoiser = batch.join()) {
            Score score = scorer.score(denoiser, null, x, x);
            assertThat(score.nats(0))
                    .isCloseTo(Math.log(ChainNetwork.probability(ids)), within(5 * score.standardError(0)));
            assertThat(score.standardError(0)).isBetween(1e-3, .1);
            assertThat(x.ids()).containsExactly(ids);
        }
    }

    /** What was given is not drawn, and runs that meet at the network get what they get alone. */
    @Test
    void runsThatMeetEqualRunsAlone() throws Exception {
        TokenSampler sampler = TokenNetwork.sampler(Map.of("temperature", ".8", "choice", "random"));
        TokenGrid grid = TokenNetwork.grid("linear", 4);
        int[][] starts = {{MASK, MASK, MASK, MASK}, {2, MASK, MASK, 1}, {MASK, MASK, 0, MASK}};
        List<TestCanvas> together = new ArrayList<>();
        try (TokenBatch batch = network.batch(1)) {
            List<Thread> threads = new ArrayList<>();
            List<TokenBatch.Member> members = new ArrayList<>();
            for (int k = 0; k < starts.length; k++) members.add(batch.join());
            for (int k = 0; k < starts.length; k++) {
                TestCanvas x = new TestCanvas(MASK, 40 + k, starts[k]);
                TokenBatch.Member member = members.get(k);
                together.add(x);
                threads.add(new Thread(() -> {
                    try (member) {
                        sampler.sample(member, grid, x, x);
                    }
                }));
            }
            for (Thread t : threads) t.start();
            for (Thread t : threads) t.join();
            assertThat(batch.calls()).isEqualTo(4);
            assertThat(batch.sequences()).isEqualTo(4 + 2 + 3);
        }
        for (int k = 0; k < starts.length; k++) {
            TestCanvas alone = new TestCanvas(MASK, 40 + k, starts[k]);
            network.run(sampler, grid, 1, alone);
            assertThat(together.get(k).ids()).containsExactly(alone.ids());
            for (int p = 0; p < LENGTH; p++)
                if (starts[k][p] != MASK) assertThat(alone.id(p)).isEqualTo(starts[k][p]);
        }
    }
}
