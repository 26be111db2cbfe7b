package io.sampler4j.plugins.llada;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.api.testing.TextOptions;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.Vocabulary;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LladaTest {
    private static final int MASK = 9;
    private static final int END = 8;

    /** A network that answers what a table says: token and probability by position, and how sure it stays of what is settled. */
    private static final class Scripted implements TokenDenoiser, Vocabulary {
        private final int[] token;
        private final double[] probability;
        private final double[] given;
        private final List<Double> noise = new ArrayList<>();
        private int calls;

        Scripted(int[] token, double[] probability, double... given) {
            this.token = token;
            this.probability = probability;
            this.given = given;
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
        public int size() {
            return MASK;
        }

        @Override
        public int mask() {
            return MASK;
        }

        @Override
        public boolean ends(int id) {
            return id == END;
        }

        @Override
        public void predict(Canvas x, Rows rows) {
            calls++;
            noise.add(rows.noise());
            for (int r = 0; r < rows.size(); r++) {
                int p = rows.position(r);
                rows.answer(r, token[p], probability[p]);
                // Each look at a settled token is a call later: doubt passes after the first.
                if (given.length > 0) rows.given(r, Math.log(calls < 3 ? given[p] : 1));
                rows.entropy(r, -Math.log(probability[p]));
            }
        }
    }

    private static TokenSampler sampler(String... options) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) map.put(options[i], options[i + 1]);
        return TextOptions.make(new LladaContribution(), TokenSampler.class, "llada", map);
    }

    private static TestCanvas blank(int n) {
        int[] ids = new int[n];
        java.util.Arrays.fill(ids, MASK);
        return new TestCanvas(MASK, 1, ids);
    }

    @Test
    void theLinearCurveIsTheReferencesTable() {
        int left = 10;
        int[] quota = new int[4];
        for (int i = 0; i < 4; i++) {
            quota[i] = left - new LinearCurve(4).left(10, i, 4);
            left -= quota[i];
        }
        assertThat(quota).containsExactly(3, 3, 2, 2);
    }

    @Test
    void dreamsCurveTruncatesSoThatTheLastStepSettlesTwo() {
        DreamCurve curve = new DreamCurve(16, 1e-3f);
        assertThat(curve.left(16, 0, 16)).isEqualTo(16);
        assertThat(curve.left(16, 14, 16)).isEqualTo(2);
        assertThat(curve.left(16, 15, 16)).isZero();
    }

    @Test
    void theSurestSettleFirstAndTiesGoToTheLowerPosition() {
        Scripted network = new Scripted(new int[] {1, 2, 3, 4}, new double[] {.5, .9, .5, .9});
        TestCanvas x = blank(4);
        int[] seen = new int[4];
        sampler().sample(network, new LinearCurve(4), x, new Recording(x, seen));
        assertThat(seen).containsExactly(2, 0, 3, 1);
        assertThat(x.ids()).containsExactly(1, 2, 3, 4);
    }

    /** Notes at which step each position was settled. */
    private record Recording(TestCanvas x, int[] seen) implements io.sampler4j.api.token.CanvasRun {
        @Override
        public double uniform(int step, int position, int lane) {
            return x.uniform(step, position, lane);
        }

        @Override
        public void step(int i, Canvas canvas) {
            for (int p = 0; p < seen.length; p++) if (canvas.masked(p)) seen[p] = i + 1;
            x.step(i, canvas);
        }
    }

    @Test
    void theFactorRuleTakesTheLargestNumberWhoseLeastIsSureEnough() {
        // 1 - 1/(n + 1): .5, .667, .75, .8. The third surest (.76) holds for three, the fourth (.7) not for four.
        Scripted network = new Scripted(new int[] {1, 2, 3, 4}, new double[] {.76, .9, .7, .8});
        sampler("factor", "1").sample(network, new LinearCurve(1), blank(4), blank(4));
        assertThat(network.calls).isEqualTo(2);
    }

    @Test
    void theEntropyBoundSumsWhatWasSettledBefore() {
        // Entropies .1, .2, .3, .4 nats: the sums without the largest are 0, .1, .3, .6.
        double[] p = {Math.exp(-.1), Math.exp(-.2), Math.exp(-.3), Math.exp(-.4)};
        Scripted network = new Scripted(new int[] {1, 2, 3, 4}, p);
        sampler("choice", "entropy", "entropy-bound", "0.35").sample(network, new LinearCurve(1), blank(4), blank(4));
        assertThat(network.calls).isEqualTo(2);
    }

    /** Calls of the network that it takes to settle everything by a rule of its own. */
    private static int calls(double[] probability, String... options) {
        Scripted network = new Scripted(new int[] {1, 2, 3, 4}, probability);
        TestCanvas x = blank(probability.length);
        sampler(options).sample(network, new LinearCurve(1), x, x);
        assertThat(x.ids()).doesNotContain(MASK);
        return network.calls;
    }

    @Test
    void aStepThatSettlesNothingCallsNoNetwork() {
        Scripted network = new Scripted(new int[] {1, 2}, new double[] {.5, .9});
        TestCanvas x = blank(2);
        sampler().sample(network, new LinearCurve(5), x, x);
        assertThat(network.calls).isEqualTo(2);
        assertThat(x.step()).isEqualTo(2);
    }

    @Test
    void eachRuleHoldsAtItsBound() {
        assertThat(calls(new double[] {.9, .9, .5}, "threshold", "0.9")).isEqualTo(2);
        double least = 1 - 1. / 3;
        assertThat(calls(new double[] {.9, least}, "factor", "1")).isEqualTo(1);
        assertThat(calls(new double[] {.9, Math.nextDown(least)}, "factor", "1"))
                .isEqualTo(2);
        String ln2 = Double.toString(-Math.log(.5)), less = Double.toString(Math.nextDown(-Math.log(.5)));
        assertThat(calls(new double[] {.5, .5, .5}, "choice", "entropy", "entropy-bound", ln2))
                .isEqualTo(2);
        assertThat(calls(new double[] {.5, .5, .5}, "choice", "entropy", "entropy-bound", less))
                .isEqualTo(3);
    }

    @Test
    void ofSettledTokensTheLeastProbableIsMaskedAgain() {
        Scripted network = new Scripted(new int[] {1, 2, 3, 4}, new double[] {.9, .8, .7, .6}, .1, .05, 1, 1);
        TestCanvas x = blank(4);
        x.settle(0, 1, .9);
        x.settle(1, 2, .8);
        int[] seen = new int[4];
        sampler("remask-below", "0.2").sample(network, new LinearCurve(4), x, new Recording(x, seen));
        assertThat(seen[0]).isZero();
        assertThat(seen[1]).isPositive();
        assertThat(x.ids()).containsExactly(1, 2, 3, 4);
        assertThat(network.calls).isEqualTo(2);
    }

    @Test
    void aTokenAtTheBoundStays() {
        Scripted network = new Scripted(new int[] {1, 2, 3}, new double[] {.9, .8, .7}, .5, .5, .5);
        TestCanvas x = blank(3);
        int[] seen = new int[3];
        sampler("remask-below", "0.5").sample(network, new LinearCurve(3), x, new Recording(x, seen));
        assertThat(seen).containsExactly(0, 1, 2);
    }

    /** Otherwise a run might never end. */
    @Test
    void whereTheNetworkSaysHowManySettleFewerAreMaskedAgain() {
        Scripted network = new Scripted(new int[] {1, 2, 3, 4}, new double[] {.5, .5, .5, .5}, .1, .1, .1, .1);
        TestCanvas x = blank(4);
        sampler("threshold", "0.9", "remask-below", "0.2").sample(network, new LinearCurve(1), x, x);
        assertThat(network.calls).isEqualTo(4);
    }

    @Test
    void aTokenThatLostItsProbabilityIsMaskedAgainAndTheCurveKept() {
        Scripted network = new Scripted(new int[] {1, 2, 3, 4}, new double[] {.9, .8, .7, .6}, .1, 1, 1, 1);
        TestCanvas x = blank(4);
        sampler("remask-below", "0.2").sample(network, new LinearCurve(4), x, x);
        assertThat(network.calls).isEqualTo(4);
        assertThat(x.ids()).containsExactly(1, 2, 3, 4);
        assertThat(x.step()).isEqualTo(4);
    }

    /** Counts after each step: of 3,000 a third falls, then half of the rest; 5 standard deviations are 130 at most. */
    @Test
    void byItselfAPositionSettlesWithTheCurvesChanceOfWhatIsLeft() {
        int n = 3000;
        TestCanvas x = blank(n);
        Scripted network = new Scripted(
                new int[n],
                java.util.stream.DoubleStream.generate(() -> .5).limit(n).toArray());
        int[] seen = new int[n];
        sampler("choice", "random", "independent", "true")
                .sample(network, new LinearCurve(3), x, new Recording(x, seen));
        assertThat(java.util.Arrays.stream(seen).filter(s -> s == 0)).hasSizeBetween(870, 1130);
        assertThat(java.util.Arrays.stream(seen).filter(s -> s == 1)).hasSizeBetween(870, 1130);
        assertThat(x.ids()).containsOnly(0);
    }

    @Test
    void noiseOnTheChoiceIsAsLargeAsItsTemperature() {
        double[] p = {.2, .8, .5, .3, .9, .6};
        int[] cold = new int[6], hot = new int[6], none = new int[6];
        for (int[] seen : List.of(cold, hot, none)) {
            TestCanvas x = blank(6);
            String t = seen == cold ? "1e-6" : seen == hot ? "1e6" : "0";
            sampler("choice-temperature", t)
                    .sample(new Scripted(new int[6], p), new LinearCurve(6), x, new Recording(x, seen));
        }
        assertThat(none).containsExactly(5, 1, 3, 4, 0, 2);
        assertThat(cold).containsExactly(none);
        assertThat(hot).isNotEqualTo(none);
    }

    @Test
    void theNetworkIsToldTheShareOfMasks() {
        Scripted network = new Scripted(new int[] {1, 2, 3, 4}, new double[] {.5, .9, .6, .8});
        sampler("block-length", "2").sample(network, new LinearCurve(4), blank(4), blank(4));
        assertThat(network.noise).containsExactly(1., .75, .5, .25);
    }

    /** The token's uniform is lane 0, the choice's lane 1: one for both would tie what settles to what it says. */
    @Test
    void theChoiceDrawsFromALaneOfItsOwn() {
        for (boolean random : new boolean[] {true, false}) {
            TestCanvas x = blank(4);
            int[] seen = new int[4];
            Recording recording = new Recording(x, seen);
            CanvasRun run = new CanvasRun() {
                @Override
                public double uniform(int step, int position, int lane) {
                    return lane == 0 ? .5 : .1 * (random ? 4 - position : position + 1);
                }

                @Override
                public void step(int i, Canvas canvas) {
                    recording.step(i, canvas);
                }
            };
            TokenSampler sampler = random ? sampler("choice", "random") : sampler("choice-temperature", "1e6");
            sampler.sample(new Scripted(new int[4], new double[] {.9, .8, .6, .5}), new LinearCurve(4), x, run);
            assertThat(seen).containsExactly(3, 2, 1, 0);
        }
    }

    @Test
    void aRunThatIsResumedGoesOnAtItsStep() {
        TestCanvas x = blank(100);
        x.step(0, x);
        Scripted network = new Scripted(
                new int[100],
                java.util.stream.DoubleStream.generate(() -> .5).limit(100).toArray());
        sampler("choice", "random", "independent", "true").sample(network, new LinearCurve(2), x, x);
        assertThat(network.calls).as("the last step settles all").isEqualTo(1);
    }

    @Test
    void eachBlockIsTheCanvassFocusInItsTurn() {
        TestCanvas x = new TestCanvas(MASK, 1, MASK, 5, MASK, MASK, MASK);
        List<List<Object>> focus = new ArrayList<>();
        Canvas told = (Canvas) Proxy.newProxyInstance(
                Canvas.class.getClassLoader(), new Class<?>[] {Canvas.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("focus")) focus.add(List.of(arguments));
                    return method.isDefault()
                            ? InvocationHandler.invokeDefault(proxy, method, arguments)
                            : method.invoke(x, arguments);
                });
        Scripted network = new Scripted(new int[] {1, 0, 2, 3, 4}, new double[] {.5, 0, .9, .6, .8});
        sampler("block-length", "2").sample(network, new LinearCurve(4), told, x);
        assertThat(focus).containsExactly(List.of(0, 3), List.of(3, 5));
        assertThat(x.ids()).containsExactly(1, 5, 2, 3, 4);
    }

    @Test
    void theQuestionIsWhatTheOptionsSay() {
        Query asks = sampler("draw", "gumbel", "temperature", "0.5", "top-k", "3", "top-p", "0.9", "as-drawn", "true")
                .asks();
        assertThat(asks.isGumbel()).isTrue();
        assertThat(asks.isProbabilityAsDrawn()).isTrue();
        assertThat(asks.temperature()).isEqualTo(.5);
        assertThat(asks.topK()).isEqualTo(3);
        assertThat(asks.topP()).isEqualTo(.9);
        assertThat(sampler().asks().isGumbel()).isFalse();
    }

    @Test
    void whatIsMaskedAgainIsMadeUpForInTheSameStep() {
        Scripted network = new Scripted(new int[] {1, 2, 3, 4}, new double[] {.9, .8, .7, .6}, .1, 1, 1, 1);
        TestCanvas x = blank(4);
        List<Integer> left = new ArrayList<>();
        CanvasRun run = new CanvasRun() {
            @Override
            public double uniform(int step, int position, int lane) {
                return x.uniform(step, position, lane);
            }

            @Override
            public void step(int i, Canvas canvas) {
                left.add((int) java.util.stream.IntStream.range(0, 4)
                        .filter(canvas::masked)
                        .count());
                x.step(i, canvas);
            }
        };
        sampler("remask-below", "0.2").sample(network, new LinearCurve(4), x, run);
        assertThat(left).containsExactly(3, 2, 1, 0);
    }

    /** A settled token is replaced above the bound, by another, and is told of but then. */
    @Test
    void aTokenIsEditedOnlyForAnotherThatIsSurer() {
        for (int answer : new int[] {1, 7}) {
            Scripted network = new Scripted(new int[] {answer, 2}, new double[] {answer == 1 ? .9 : .95, .5});
            TestCanvas x = new TestCanvas(MASK, 1, MASK, MASK);
            x.settle(0, 7, .3);
            List<Integer> settled = new ArrayList<>();
            Canvas told = (Canvas) Proxy.newProxyInstance(
                    Canvas.class.getClassLoader(), new Class<?>[] {Canvas.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("settle")) settled.add((Integer) arguments[0]);
                        return method.isDefault()
                                ? InvocationHandler.invokeDefault(proxy, method, arguments)
                                : method.invoke(x, arguments);
                    });
            sampler("edit-above", "0.9").sample(network, new LinearCurve(2), told, x);
            assertThat(x.ids()).containsExactly(7, 2);
            assertThat(settled).containsExactly(1);
        }
    }

    @Test
    void anotherTokenOfAHighProbabilityReplacesASettledOne() {
        int[] answers = {1, 2};
        Scripted network = new Scripted(answers, new double[] {.95, .5});
        TestCanvas x = new TestCanvas(MASK, 1, MASK, MASK);
        x.settle(0, 7, .3);
        sampler("edit-above", "0.9").sample(network, new LinearCurve(2), x, x);
        assertThat(x.ids()).containsExactly(1, 2);
    }

    @Test
    void anEndStopsTheRunOnceNothingBeforeItIsMasked() {
        Scripted network = new Scripted(new int[] {1, END, 3, 4}, new double[] {.9, .8, .1, .1});
        TestCanvas x = blank(4);
        sampler().sample(network, new LinearCurve(4), x, x);
        assertThat(x.ids()).containsExactly(1, END, MASK, MASK);
        TestCanvas whole = blank(4);
        sampler("stop-at-end", "false").sample(network, new LinearCurve(4), whole, whole);
        assertThat(whole.ids()).containsExactly(1, END, 3, 4);
        TestCanvas given = new TestCanvas(MASK, 1, MASK, MASK, MASK, 5);
        sampler().sample(network, new LinearCurve(3), given, given);
        assertThat(given.ids()).containsExactly(1, END, 3, 5);
        Scripted early = new Scripted(new int[] {1, END, 3, 4}, new double[] {.1, .9, .8, .7});
        TestCanvas before = blank(4);
        sampler().sample(early, new LinearCurve(4), before, before);
        assertThat(before.ids())
                .as("what stands before it was masked to the last")
                .containsExactly(1, END, 3, 4);
        Scripted later = new Scripted(new int[] {1, 2, END, 3, 4}, new double[] {.9, .1, .8, .1, .1});
        TestCanvas between = new TestCanvas(MASK, 1, MASK, END, MASK, MASK, MASK);
        sampler().sample(later, new LinearCurve(4), between, between);
        assertThat(between.ids()).as("an end that was given is none").containsExactly(1, END, END, MASK, MASK);
    }

    @Test
    void oneBlockOfAllIsNoBlocks() {
        Scripted network = new Scripted(new int[] {1, 2, 3, 4}, new double[] {.5, .9, .6, .8});
        TestCanvas a = blank(4), b = blank(4);
        int[] one = new int[4], none = new int[4];
        sampler("block-length", "4").sample(network, new LinearCurve(4), a, new Recording(a, one));
        sampler().sample(network, new LinearCurve(4), b, new Recording(b, none));
        assertThat(one).containsExactly(none);
    }

    @Test
    void whatDoesNotDivideIsRefused() {
        Refusals refusals = new Refusals();
        sampler("block-length", "3")
                .check(new Scripted(new int[0], new double[0]), new LinearCurve(4), blank(4), refusals);
        sampler("block-length", "2")
                .check(new Scripted(new int[0], new double[0]), new LinearCurve(5), blank(4), refusals);
        assertThat(refusals.reasons()).hasSize(2);
        assertThat(refusals.reasons().get(0)).contains("3 does not divide the 4");
        assertThat(refusals.reasons().get(1)).contains("5 steps do not divide into 2 blocks");
    }

    @Test
    void rulesThatContradictOneAnotherAreRefused() {
        assertThatThrownBy(() -> sampler("threshold", "0.9", "factor", "1")).hasMessageContaining("choose one");
        assertThatThrownBy(() -> sampler("independent", "true")).hasMessageContaining("choice=random");
        assertThatThrownBy(() -> sampler("entropy-bound", "1")).hasMessageContaining("choice=entropy");
        assertThatThrownBy(() -> sampler("temperature", "-1")).hasMessageContaining("temperature");
    }
}
