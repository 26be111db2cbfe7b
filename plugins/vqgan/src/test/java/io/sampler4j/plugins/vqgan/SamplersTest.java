package io.sampler4j.plugins.vqgan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.testing.MarkovChain;
import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.testing.TextOptions;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplersTest {
    private static final int MASK = MarkovChain.MASK;
    private static final int LENGTH = 4;

    private static TokenSampler sampler(String name, String... options) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) map.put(options[i], options[i + 1]);
        return TextOptions.make(new VqganContribution(), TokenSampler.class, name, map);
    }

    private static TokenGrid uniform(int steps) {
        return new MaskSchedule(MaskSchedule::uniform, steps, LENGTH);
    }

    private static TestCanvas blank(long seed, int length) {
        int[] ids = new int[length];
        Arrays.fill(ids, MASK);
        return new TestCanvas(MASK, seed, ids);
    }

    /**
     * chi^2 with 80 degrees of freedom over the sequences of four ids: mean 80, standard deviation 12.65. The seeds are
     * fixed; 143 is five of them above.
     */
    private static double chiSquare(TokenSampler sampler, TokenGrid grid) {
        MarkovChain chain = new MarkovChain();
        int n = 30_000;
        int[] count = new int[81];
        for (int seed = 0; seed < n; seed++) {
            TestCanvas x = blank(seed, LENGTH);
            sampler.sample(chain, grid, x, x);
            int k = 0;
            for (int id : x.ids()) k = 3 * k + id;
            count[k]++;
        }
        double sum = 0;
        for (int k = 0; k < 81; k++) {
            double expected = n * chain.probability(new int[] {k / 27, k / 9 % 3, k / 3 % 3, k % 3});
            sum += (count[k] - expected) * (count[k] - expected) / expected;
        }
        return sum;
    }

    @Test
    void rasterOrderDrawsTheLawOfTheChain() {
        assertThat(chiSquare(sampler("autoregressive"), uniform(1))).isLessThan(143);
    }

    /** With noise that drowns the confidence the order is free of the codes, and one a step draws the law itself. */
    @Test
    void oneCodeAStepInRandomOrderDrawsTheLawOfTheChain() {
        assertThat(chiSquare(sampler("maskgit", "choice-temperature", "1e6"), uniform(LENGTH)))
                .isLessThan(143);
    }

    @Test
    void theMostConfidentFirstDoesNot() {
        assertThat(chiSquare(sampler("maskgit", "choice-temperature", "0"), uniform(LENGTH)))
                .isGreaterThan(1430);
    }

    @Test
    void rasterOrderAsksOnceForEachOpenPositionAndLeavesWhatWasGiven() {
        MarkovChain chain = new MarkovChain();
        TestCanvas x = new TestCanvas(MASK, 1, 2, MASK, MASK, 0, MASK);
        sampler("autoregressive").sample(chain, uniform(1), x, x);
        assertThat(chain.calls()).isEqualTo(3);
        assertThat(x.step()).isEqualTo(3);
        assertThat(x.ids()).startsWith(2).doesNotContain(MASK);
        assertThat(x.id(3)).isZero();
    }

    /** Notes how many rows it was asked about, and answers 0 with a probability that falls along the canvas. */
    private static final class Counting implements TokenDenoiser, Vocabulary {
        private final List<Integer> asked = new ArrayList<>();
        private final int mask;

        Counting(int mask) {
            this.mask = mask;
        }

        @Override
        public Vocabulary vocabulary() {
            return this;
        }

        @Override
        public boolean answers(Query query) {
            return true;
        }

        @Override
        public void predict(Canvas x, Rows rows) {
            asked.add(rows.size());
            for (int r = 0; r < rows.size(); r++) rows.answer(r, 0, 1.0 / (2 + rows.position(r)));
        }

        @Override
        public int size() {
            return 3;
        }

        @Override
        public int mask() {
            return mask;
        }

        @Override
        public boolean ends(int id) {
            return false;
        }
    }

    private static List<Integer> asked(String name, TokenGrid grid, TestCanvas x) {
        Counting network = new Counting(MASK);
        sampler(name, "choice-temperature", "0").sample(network, grid, x, x);
        return network.asked;
    }

    /** floor(64 cos(pi/2 (i + 1)/8)) = 62, 59, 53, 45, 35, 24, 12 are left. */
    @Test
    void asManyStayMaskedAsTheScheduleSays() {
        TokenGrid cosine = new MaskSchedule(MaskSchedule::cosine, 8, 64);
        assertThat(asked("maskgit", cosine, blank(1, 64))).containsExactly(64, 62, 59, 53, 45, 35, 24, 12);
    }

    /** A cosine of 40 steps leaves 15 of 16 for a while, and the rule settles one all the same. */
    @Test
    void atLeastOneSettlesInAStep() {
        TokenGrid cosine = new MaskSchedule(MaskSchedule::cosine, 40, 16);
        assertThat(asked("maskgit", cosine, blank(1, 16)))
                .startsWith(16, 15, 14)
                .endsWith(2, 1)
                .hasSize(16);
    }

    /** A schedule that leaves nothing from the first step on: one is kept all the same, for the last of six. */
    @Test
    void oneIsLeftForTheLastStepAndStepsThatSettleNothingAreNotMade() {
        TokenGrid early = new MaskSchedule((r, total) -> 0, 6, 16);
        TestCanvas x = blank(1, 16);
        assertThat(asked("maskgit", early, x)).containsExactly(16, 1);
        assertThat(x.ids()).containsOnly(0);
    }

    @Test
    void aRunThatWasEndedGoesOnAsIfItHadNotBeen() {
        TokenGrid cosine = new MaskSchedule(MaskSchedule::cosine, 6, 12);
        MarkovChain chain = new MarkovChain();
        TestCanvas whole = blank(7, 12), parts = blank(7, 12);
        sampler("maskgit").sample(chain, cosine, whole, whole);
        assertThatThrownBy(() -> sampler("maskgit").sample(chain, cosine, parts, new Ending(parts, 3)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(parts.ids()).contains(MASK);
        sampler("maskgit").sample(chain, cosine, parts, parts);
        assertThat(parts.ids()).containsExactly(whole.ids());
    }

    /** Ends the run after some steps. */
    private record Ending(TestCanvas x, int steps) implements io.sampler4j.api.token.CanvasRun {
        @Override
        public double uniform(int step, int position, int lane) {
            return x.uniform(step, position, lane);
        }

        @Override
        public void step(int i, Canvas canvas) {
            x.step(i, canvas);
            if (x.step() == steps) throw new IllegalStateException("ended");
        }
    }

    @Test
    void maskgitRefusesANetworkWithoutAMask() {
        Refusals refusals = new Refusals();
        sampler("maskgit").check(new Counting(-1), uniform(4), blank(1, 4), refusals);
        assertThat(refusals.reasons()).hasSize(1);
        assertThat(refusals.reasons().get(0)).contains("autoregressive");
    }

    @Test
    void whatIsAskedIsWhatTheOptionsSay() {
        Query q = sampler("autoregressive", "temperature", ".7", "top-k", "5", "top-p", ".9")
                .asks();
        assertThat(q.temperature()).isEqualTo(.7);
        assertThat(q.topK()).isEqualTo(5);
        assertThat(q.topP()).isEqualTo(.9);
        assertThat(q.isTopPWithinTopK()).isTrue();
        assertThat(sampler("autoregressive").followsGrid()).isFalse();
        assertThatThrownBy(() -> sampler("maskgit", "choice-temperature", "-1"))
                .hasMessageContaining("choice-temperature");
    }
}
