package io.sampler4j.it.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Query.Stat;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.model.tokens.Front;
import io.sampler4j.model.tokens.Raster;
import io.sampler4j.model.tokens.TokenBatch;
import io.sampler4j.onnx.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a prior's cache spares, and that it changes nothing but the last digits. */
class PriorCacheTest {
    /** Float32 products in another order: probabilities agree to about the root of their number times 6e-8. */
    private static final double LAST_DIGITS = 2e-5;

    private static final Query GIVEN = Query.token().with(Stat.GIVEN);

    private final PriorNetwork causal = PriorNetwork.causal();

    @AfterEach
    void nothingIsLeft() {
        Counts counts = causal.counts();
        causal.close();
        assertThat(counts.slots()).isZero();
        assertThat(causal.counts()).isEqualTo(new Counts(0, 0, 0, 0));
    }

    private static TokenBatch.Member join(TokenBatch batch, PriorNetwork network, int group) {
        return batch.join(network.model.front(OptionalInt.of(group)), network.model.raster(4, 4));
    }

    private static TestCanvas drawn(PriorNetwork network, TokenBatch.Member denoiser, long seed) {
        TestCanvas x = network.blank(16);
        TokenSampler sampler = PriorNetwork.sampler("autoregressive", Map.of());
        sampler.sample(denoiser, null, x, new PriorNetwork.Drawn(x, seed));
        return x;
    }

    /** ln p of the code at each position given those before it, each asked by a call of its own. */
    private static double[] oneByOne(TokenBatch.Member denoiser, TestCanvas x) {
        Rows row = new Rows(GIVEN, 1);
        double[] nats = new double[x.length()];
        for (int p = 0; p < nats.length; p++) {
            denoiser.predict(x, row.only(p).about(0, x.id(p)));
            nats[p] = row.given(0);
        }
        return nats;
    }

    private static double[] allAtOnce(TokenBatch.Member denoiser, TestCanvas x) {
        Rows rows = new Rows(GIVEN, x.length()).settled(x, 0, x.length());
        double[] nats = new double[rows.size()];
        for (int i = 0; i < nats.length; i++) rows.about(i, x.id(rows.position(i)));
        denoiser.predict(x, rows);
        for (int i = 0; i < nats.length; i++) nats[i] = rows.given(i);
        return nats;
    }

    @Test
    void everyPositionIsComputedOnce() {
        try (TokenBatch batch = causal.batch(1);
                TokenBatch.Member denoiser = join(batch, causal, 1)) {
            drawn(causal, denoiser, 5);
            assertThat(batch.calls()).isEqualTo(16);
            assertThat(batch.positions())
                    .as("the class, and all codes but the last")
                    .isEqualTo(16);
        }
        try (PriorNetwork network = PriorNetwork.uncached();
                TokenBatch batch = network.batch(1);
                TokenBatch.Member denoiser = join(batch, network, 1)) {
            drawn(network, denoiser, 5);
            assertThat(batch.positions()).as("1 + 2 + ... + 16").isEqualTo(136);
        }
    }

    @Test
    void guidanceComputesTwice() {
        try (TokenBatch batch = causal.batch(3);
                TokenBatch.Member denoiser = join(batch, causal, 1)) {
            drawn(causal, denoiser, 5);
            assertThat(batch.calls()).isEqualTo(16);
            assertThat(batch.positions()).isEqualTo(32);
        }
    }

    @Test
    void cachedEqualsUncached() {
        try (TokenBatch batch = causal.batch(1);
                TokenBatch.Member denoiser = join(batch, causal, 2)) {
            TestCanvas x = drawn(causal, denoiser, 8);
            double[] cached = oneByOne(denoiser, x), whole;
            try (TokenBatch fresh = causal.batch(1);
                    TokenBatch.Member other = join(fresh, causal, 2)) {
                whole = allAtOnce(other, x);
                assertThat(fresh.calls()).isEqualTo(1);
            }
            for (int p = 0; p < 16; p++) assertThat(cached[p]).isCloseTo(whole[p], within(LAST_DIGITS));
        }
    }

    /** The same weights, exported without a cache and with one that gives the new positions alone, after another network. */
    @Test
    void newPositionsAreAppendedToThoseOfThePrefill() {
        try (PriorNetwork plain = PriorNetwork.uncached();
                PriorNetwork steps = PriorNetwork.stepwise();
                TokenBatch plainBatch = plain.batch(1);
                TokenBatch stepsBatch = steps.batch(1);
                TokenBatch.Member one = join(plainBatch, plain, 7);
                TokenBatch.Member two = join(stepsBatch, steps, 7)) {
            TestCanvas x = drawn(plain, one, 3);
            double[] uncached = oneByOne(one, x), cached = oneByOne(two, x);
            for (int p = 0; p < 16; p++) assertThat(cached[p]).isCloseTo(uncached[p], within(LAST_DIGITS));
            assertThat(stepsBatch.positions()).isEqualTo(16);
            // From the third code on anew: two ids, though this export takes them one at a time.
            x.settle(3, (x.id(3) + 1) % 32, 1);
            Rows row = new Rows(GIVEN, 1).only(5).about(0, 0);
            two.predict(x, row);
            double again = row.given(0);
            one.predict(x, row);
            assertThat(again).isCloseTo(row.given(0), within(LAST_DIGITS));
            assertThat(stepsBatch.positions()).isEqualTo(18);
            assertThat(stepsBatch.calls()).isEqualTo(18);
        }
    }

    @Test
    void whatWasChangedIsComputedAgainAndNoMore() {
        try (TokenBatch batch = causal.batch(1);
                TokenBatch.Member denoiser = join(batch, causal, 0)) {
            TestCanvas x = drawn(causal, denoiser, 4);
            Rows row = new Rows(GIVEN, 1).only(12).about(0, 3);
            denoiser.predict(x, row);
            assertThat(batch.positions())
                    .as("one, whose answer is wanted again")
                    .isEqualTo(17);
            double before = row.given(0);
            x.remask(9);
            x.settle(9, (x.id(9) + 6) % 32, 1);
            denoiser.predict(x, row);
            assertThat(batch.positions()).as("codes 9, 10 and 11").isEqualTo(20);
            assertThat(row.given(0)).isNotCloseTo(before, within(1e-3));
            try (TokenBatch fresh = causal.batch(1);
                    TokenBatch.Member other = join(fresh, causal, 0)) {
                Rows again = new Rows(GIVEN, 1).only(12).about(0, 3);
                other.predict(x, again);
                assertThat(row.given(0)).isCloseTo(again.given(0), within(LAST_DIGITS));
            }
        }
    }

    /** Runs of unlike classes, and one whose codes are given from the fifth on, so that it asks for other positions. */
    @Test
    void runsThatMeetEqualRunsAlone() throws Exception {
        List<int[]> together = new ArrayList<>();
        try (TokenBatch batch = causal.batch(1.5)) {
            List<Thread> threads = new ArrayList<>();
            List<TokenBatch.Member> members = new ArrayList<>();
            List<TestCanvas> canvases = new ArrayList<>();
            for (int k = 0; k < 3; k++) members.add(join(batch, causal, k));
            for (int k = 0; k < 3; k++) {
                TestCanvas x = canvas(k);
                canvases.add(x);
                TokenBatch.Member member = members.get(k);
                long seed = 20 + k;
                threads.add(new Thread(() -> {
                    try (member) {
                        PriorNetwork.sampler("autoregressive", Map.of())
                                .sample(member, null, x, new PriorNetwork.Drawn(x, seed));
                    }
                }));
            }
            for (Thread t : threads) t.start();
            for (Thread t : threads) t.join();
            for (TestCanvas x : canvases) together.add(x.ids());
            assertThat(batch.calls()).as("in step").isEqualTo(16);
            // Five codes of six sequences, then six anew and ten more of the four that go on without the third.
            assertThat(batch.positions()).isEqualTo(5 * 6 + 6 * 4 + 10 * 4);
        }
        for (int k = 0; k < 3; k++) {
            TestCanvas alone = canvas(k);
            try (TokenBatch batch = causal.batch(1.5);
                    TokenBatch.Member member = join(batch, causal, k)) {
                PriorNetwork.sampler("autoregressive", Map.of())
                        .sample(member, null, alone, new PriorNetwork.Drawn(alone, 20 + k));
            }
            assertThat(together.get(k)).containsExactly(alone.ids());
        }
    }

    private TestCanvas canvas(int k) {
        int[] ids = causal.blank(16).ids();
        for (int p = 5; k == 2 && p < 16; p++) ids[p] = p;
        return new TestCanvas(-1, 0, ids);
    }

    @Test
    void codesStayInTheCodebookThoughTheNetworkAnswersAboutMore() {
        try (TokenBatch batch = causal.batch(1);
                TokenBatch.Member denoiser = join(batch, causal, 1)) {
            assertThat(denoiser.vocabulary().size()).isEqualTo(32);
            for (int seed = 0; seed < 40; seed++) {
                TestCanvas x = causal.blank(16);
                PriorNetwork.sampler("autoregressive", Map.of("temperature", "100"))
                        .sample(denoiser, null, x, new PriorNetwork.Drawn(x, seed));
                assertThat(x.ids()).doesNotContain(32, 33, 34, 35);
            }
        }
    }

    @Test
    void whatAPriorCannotKnowIsRefused() {
        try (TokenBatch batch = causal.batch(1);
                TokenBatch.Member denoiser = join(batch, causal, 1)) {
            TestCanvas x = causal.blank(16);
            assertThatThrownBy(() -> denoiser.predict(x, new Rows(GIVEN, 1).only(3)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("position 0 is masked");
            assertThatThrownBy(() -> causal.model.raster(3, 8))
                    .hasMessageContaining("3x8")
                    .hasMessageContaining("4x4");
            assertThatThrownBy(() -> causal.model.front(OptionalInt.of(4))).hasMessageContaining("there are 3");
        }
        try (TokenBatch guided = causal.batch(2)) {
            assertThatThrownBy(() -> guided.join(Front.NONE, Raster.LINE)).hasMessageContaining("classes.null");
        }
        try (PriorNetwork masked = PriorNetwork.masked()) {
            assertThatThrownBy(() -> masked.model.raster(4, 8))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("looks both ways over 4x4");
        }
        try (PriorNetwork raw = PriorNetwork.uncached()) {
            assertThatThrownBy(() -> raw.model.front(OptionalInt.empty()))
                    .hasMessageContaining("say --class, from 0 to 31");
        }
        try (PriorNetwork small = PriorNetwork.causal("\"length\": 7");
                TokenBatch batch = small.batch(1);
                TokenBatch.Member denoiser = join(batch, small, 1)) {
            assertThatThrownBy(() -> drawn(small, denoiser, 1)).hasMessageContaining("longer than the 7");
        }
    }
}
