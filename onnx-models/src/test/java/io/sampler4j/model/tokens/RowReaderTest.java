package io.sampler4j.model.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Query.Stat;
import io.sampler4j.api.token.Rows;
import io.sampler4j.onnx.Slot;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The fused pass against the definition in float64, with vectors and without. */
class RowReaderTest {
    /** The aim: 1e-5 relative, as a percentage. */
    private static final Percentage EXACT = Percentage.withPercentage(1e-3);

    static Stream<Kernel> kernels() {
        return Stream.of(new ScalarKernel(), new VectorKernel());
    }

    static Stream<Arguments> rows() {
        return kernels()
                .flatMap(k -> IntStream.of(1, 2, 63, 64, 2048, 2049, 4096, 32000, 126464)
                        .boxed()
                        .flatMap(v -> Stream.of(.1, 1.0, 4.0, 12.0).map(spread -> Arguments.of(k, v, spread))));
    }

    private static float[] logits(int vocabulary, double spread, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] l = new float[vocabulary];
        for (int i = 0; i < l.length; i++) l[i] = (float) (spread * random.nextGaussian());
        return l;
    }

    private static LogitRows over(float[] l, int... never) {
        return new LogitRows(values(l), l.length, l.length, 1, never, never);
    }

    static Slot.Values values(float[] l) {
        return new Slot.Values() {
            @Override
            public int size() {
                return l.length;
            }

            @Override
            public float at(int i) {
                return l[i];
            }

            @Override
            public void copy(int first, float[] into, int count) {
                System.arraycopy(l, first, into, 0, count);
            }
        };
    }

    private static Rows ask(Kernel k, LogitRows in, Query q, double u) {
        Rows rows = new Rows(q, 1).only(0).about(0, 0);
        rows.draw(new Fixed(u), 0);
        new RowReader(k).answer(in, 0, 0, false, rows, 0);
        return rows;
    }

    private record Fixed(double u) implements CanvasRun {
        @Override
        public double uniform(int step, int position, int lane) {
            return u;
        }

        @Override
        public void step(int i, Canvas x) {}
    }

    private static double[] softmax(float[] l, double t) {
        double max = Double.NEGATIVE_INFINITY, sum = 0;
        for (float v : l) max = Math.max(max, v);
        double[] p = new double[l.length];
        for (int i = 0; i < p.length; i++) sum += p[i] = Math.exp((l[i] - max) / t);
        for (int i = 0; i < p.length; i++) p[i] /= sum;
        return p;
    }

    @ParameterizedTest(name = "{0}, {1} ids, spread {2}")
    @MethodSource("rows")
    void statisticsAreThoseOfFloat64(Kernel kernel, int vocabulary, double spread) {
        float[] l = logits(vocabulary, spread, vocabulary);
        double[] p = softmax(l, 1);
        Query q = Query.token()
                .with(Stat.RUNNER_UP)
                .with(Stat.ENTROPY)
                .with(Stat.MASS)
                .with(Stat.GIVEN);
        Rows r = ask(kernel, over(l), q, .5);
        int best = 0;
        double entropy = 0, mass = 0;
        for (int i = 0; i < p.length; i++) {
            if (l[i] > l[best]) best = i;
            if (p[i] > 0) entropy -= p[i] * Math.log(p[i]);
            mass += Math.exp(l[i]);
        }
        double[] sorted = p.clone();
        Arrays.sort(sorted);
        assertThat(r.token(0)).isEqualTo(best);
        assertThat(r.probability(0)).isCloseTo(p[best], EXACT);
        if (vocabulary > 1) assertThat(r.runnerUp(0)).isCloseTo(sorted[vocabulary - 2], EXACT);
        // Entropy is a difference of logarithms: absolute, as its parts are.
        assertThat(r.entropy(0)).isCloseTo(entropy, within(2e-5));
        assertThat(r.logMass(0)).isCloseTo(Math.log(mass), within(1e-5));
        assertThat(r.given(0)).isCloseTo(Math.log(p[0]), within(1e-5 + 1e-6 * Math.abs(Math.log(p[0]))));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void tiesGoToTheLowerId(Kernel kernel) {
        float[] l = new float[5000];
        l[7] = l[2100] = l[4999] = 3;
        Rows r = ask(kernel, over(l), Query.token().with(Stat.RUNNER_UP), .5);
        assertThat(r.token(0)).isEqualTo(7);
        assertThat(r.runnerUp(0)).isEqualTo(r.probability(0));
        assertThat(ask(kernel, over(l, 7), Query.token(), .5).token(0)).isEqualTo(2100);
        assertThat(ask(kernel, over(l), Query.token().topK(2), .5).token(0)).isEqualTo(7);
    }

    /** The token that reaches p is the last one kept; of equals the lower ids are, -0 and 0 among them. */
    @ParameterizedTest
    @MethodSource("kernels")
    void whatIsKeptEndsWhereTheBoundIsReached(Kernel kernel) {
        Query half = Query.token().temperature(1).topP(.5);
        for (double u : new double[] {.01, .49, .51, .99}) {
            assertThat(ask(kernel, over(new float[] {2, 2, 2, 2}), half, u).token(0))
                    .isEqualTo(u < .5 ? 0 : 1);
        }
        Query one = Query.token().temperature(1).topP(1e-9);
        assertThat(ask(kernel, over(new float[] {1, 3, 2}), one, .99).token(0)).isEqualTo(1);
        Query single = Query.token().temperature(1).topK(1);
        assertThat(ask(kernel, over(new float[] {-1, -0f, 0f}), single, .5).token(0))
                .isEqualTo(1);
        assertThat(ask(kernel, over(new float[] {-1, 0f, -0f}), single, .5).token(0))
                .isEqualTo(1);
        Query three = Query.token().temperature(1).topK(3);
        assertThat(ask(kernel, over(new float[] {0, -20, -30}), three, 1 - 1e-9).token(0))
                .as("kept, however unlikely")
                .isEqualTo(1);
        // Filtered or not, one uniform means one token.
        float[] l = logits(40, 1.5, 6);
        for (double u = .05; u < 1; u += .1) {
            assertThat(ask(kernel, over(l), Query.token().temperature(1).topK(40), u)
                            .token(0))
                    .isEqualTo(ask(kernel, over(l), Query.token().temperature(1), u)
                            .token(0));
        }
        float[] far = new float[100_000];
        far[99_998] = far[99_999] = 5;
        assertThat(ask(kernel, over(far), single, .5).token(0)).isEqualTo(99_998);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void whatIsSuppressedHasNoShare(Kernel kernel) {
        float[] l = logits(4096, 2, 3), without = l.clone();
        int[] never = {0, 5, 2047, 2048, 4095};
        for (int id : never) without[id] = Float.NEGATIVE_INFINITY;
        double[] p = softmax(without, 1);
        Rows r = ask(kernel, over(l, never), Query.token(), .5);
        assertThat(r.probability(0)).isCloseTo(p[r.token(0)], EXACT);
        float[] one = new float[4096];
        int[] butOne = IntStream.range(0, 4096).filter(i -> i != 3000).toArray();
        Rows alone = ask(kernel, over(one, butOne), Query.token().temperature(1), .99);
        assertThat(alone.token(0)).isEqualTo(3000);
        // The scalar kernel counts what is far below as exp(-32) = 1e-14 an id.
        assertThat(alone.probability(0)).isCloseTo(1, within(4096 * 1.3e-14));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aDrawIsTheInverseOfTheCumulatedDistribution(Kernel kernel) {
        float[] l = logits(6000, 3, 11);
        for (double t : new double[] {.3, 1, 2.5}) {
            double[] p = softmax(l, t);
            for (double u : new double[] {1e-9, .1, .37, .5, .9, .999, 1 - 1e-12}) {
                double left = u;
                int expected = 0;
                while (expected < p.length - 1 && left >= p[expected]) left -= p[expected++];
                int got = ask(kernel, over(l), Query.token().temperature(t), u).token(0);
                // Block sums are float32: within 1e-5 of a boundary the neighbour is as right.
                double cumulated = 0;
                for (int i = 0; i <= Math.min(got, expected); i++) cumulated += p[i];
                if (got != expected) assertThat(cumulated).isCloseTo(u, within(1e-5));
            }
        }
    }

    static Stream<Arguments> laws() {
        return kernels()
                .flatMap(k -> Stream.of(
                        Arguments.of(k, Query.token().temperature(1)),
                        Arguments.of(k, Query.token().temperature(.6)),
                        Arguments.of(k, Query.token().temperature(.6).gumbel()),
                        Arguments.of(k, Query.token().temperature(1.3).topK(5)),
                        Arguments.of(k, Query.token().temperature(1.3).topK(5).gumbel()),
                        Arguments.of(k, Query.token().temperature(.8).topP(.8))));
    }

    /** chi^2 over the ids kept: the bound is the mean plus five standard deviations, and the seed is fixed. */
    @ParameterizedTest
    @MethodSource("laws")
    void drawsFollowTheTemperedFilteredLaw(Kernel kernel, Query q) {
        float[] l = logits(12, 1.5, 5);
        double[] p = softmax(l, q.temperature());
        Integer[] order = IntStream.range(0, 12)
                .boxed()
                .sorted((a, b) -> Double.compare(p[b], p[a]))
                .toArray(Integer[]::new);
        double kept = 0;
        boolean[] in = new boolean[12];
        for (int k = 0; k < 12 && (q.topK() == 0 || k < q.topK()) && (q.topP() >= 1 || kept < q.topP()); k++) {
            in[order[k]] = true;
            kept += p[order[k]];
        }
        int n = 20_000, cells = 0;
        int[] count = new int[12];
        for (int i = 0; i < n; i++)
            count[ask(kernel, over(l), q, Uniforms.of(9, i, 0, 0)).token(0)]++;
        double chi = 0;
        for (int k = 0; k < 12; k++) {
            if (!in[k]) {
                assertThat(count[k]).isZero();
                continue;
            }
            double expected = n * p[k] / kept;
            if (expected < 5) continue;
            chi += (count[k] - expected) * (count[k] - expected) / expected;
            cells++;
        }
        assertThat(chi).isLessThan(cells - 1 + 5 * Math.sqrt(2 * cells));
    }

    /** Which ids are drawn at all: of six, three of the same logit behind one higher. */
    static Stream<Arguments> ties() {
        Query draw = Query.token().temperature(1);
        // Shares: e/(e + 5) = .352 for id 3, 1/(e + 5) = .130 for each other.
        return kernels()
                .flatMap(k -> Stream.of(
                        Arguments.of(k, draw.topK(3), new int[] {0, 1, 3}),
                        Arguments.of(k, draw.topP(.48), new int[] {0, 3}),
                        Arguments.of(k, draw.topP(.49), new int[] {0, 1, 3}),
                        // Of the three likeliest, id 3 has e/(e + 2) = .576, with id 0 .788.
                        Arguments.of(k, draw.topK(3).topP(.48), new int[] {0, 3}),
                        Arguments.of(k, draw.topK(3).topP(.48).topPWithinTopK(), new int[] {3}),
                        Arguments.of(k, draw.topK(3).topP(.78).topPWithinTopK(), new int[] {0, 3}),
                        Arguments.of(k, draw.topP(.49).topPWithinTopK(), new int[] {0, 1, 3})));
    }

    @ParameterizedTest
    @MethodSource("ties")
    void filtersAreExactOnTies(Kernel kernel, Query q, int[] kept) {
        float[] l = {0, 0, 0, 1, 0, 0};
        int[] drawn = IntStream.range(0, 500)
                .map(i -> ask(kernel, over(l), q, Uniforms.of(3, i, 0, 0)).token(0))
                .distinct()
                .sorted()
                .toArray();
        assertThat(drawn).containsExactly(kept);
    }

    /** Four equal ids at p = 0.5: two reach it, and no third is drawn. */
    @ParameterizedTest
    @MethodSource("kernels")
    void theIdThatReachesTheNucleusIsTheLast(Kernel kernel) {
        Query q = Query.token().temperature(1).topP(.5);
        int[] drawn = IntStream.range(0, 500)
                .map(i -> ask(kernel, over(new float[4]), q, Uniforms.of(3, i, 0, 0))
                        .token(0))
                .distinct()
                .sorted()
                .toArray();
        assertThat(drawn).containsExactly(0, 1);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void confidenceIsOfTheLawDrawnFromWhereAsked(Kernel kernel) {
        float[] l = logits(3000, 2, 8);
        Query drawn = Query.token()
                .temperature(.5)
                .with(Stat.ENTROPY)
                .with(Stat.RUNNER_UP)
                .probabilityAsDrawn();
        double[] p = softmax(l, .5);
        Rows r = ask(kernel, over(l), drawn, .4);
        assertThat(r.probability(0)).isCloseTo(p[r.token(0)], EXACT);
        double entropy = 0;
        for (double x : p) if (x > 0) entropy -= x * Math.log(x);
        assertThat(r.entropy(0)).isCloseTo(entropy, within(2e-5));
        Rows two = ask(kernel, over(l), drawn.topK(2), .4);
        assertThat(two.runnerUp(0) + Math.max(two.probability(0), 1 - two.runnerUp(0)))
                .isCloseTo(1, within(1e-12));
        Rows plain = ask(kernel, over(l), Query.token().temperature(.5).topK(2), .4);
        assertThat(plain.probability(0)).isCloseTo(softmax(l, 1)[plain.token(0)], EXACT);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void guidanceCombinesBeforeAnythingIsJudged(Kernel kernel) {
        float[] both = logits(2 * 2500, 2, 4), l = new float[2500];
        for (int i = 0; i < 2500; i++) l[i] = both[2500 + i] + 3f * (both[i] - both[2500 + i]);
        Rows r = new Rows(Query.token(), 1).only(0);
        new RowReader(kernel)
                .answer(new LogitRows(values(both), 2500, 2500, 3, new int[0], new int[0]), 0, 1, false, r, 0);
        assertThat(r.probability(0)).isCloseTo(softmax(l, 1)[r.token(0)], EXACT);
    }

    @Test
    void aLogitThatIsNoNumberIsRefused() {
        kernels().forEach(kernel -> {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                float[] l = new float[4000];
                l[3999] = bad;
                assertThatThrownBy(() -> ask(kernel, over(l), Query.token(), .5))
                        .isInstanceOf(NetworkException.class);
            }
            float[] nothing = new float[10];
            Arrays.fill(nothing, Float.NEGATIVE_INFINITY);
            assertThatThrownBy(() -> ask(kernel, over(nothing), Query.token(), .5))
                    .hasMessageContaining("suppressed");
        });
    }

    @Test
    void uniformsAreUniformAndApart() {
        int n = 100_000;
        double sum = 0, product = 0;
        for (int i = 0; i < n; i++) {
            double a = Uniforms.of(1, i, 3, 0), b = Uniforms.of(1, i, 3, 1);
            assertThat(a).isBetween(Double.MIN_VALUE, 1 - 0x1p-53);
            sum += a;
            product += (a - .5) * (b - .5);
        }
        // Standard deviations: sqrt(1/12 n) = 9e-4 and 1/(12 sqrt n) = 2.6e-4; five of each.
        assertThat(sum / n).isCloseTo(.5, within(4.6e-3));
        assertThat(product / n).isCloseTo(0, within(1.3e-3));
    }
}
