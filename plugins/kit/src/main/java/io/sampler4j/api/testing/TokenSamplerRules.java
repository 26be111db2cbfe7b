package io.sampler4j.api.testing;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The rules T1 to T13. */
final class TokenSamplerRules {
    /** Two given, twelve to find, one given among them. */
    private static final int[] START = {1, 0, 3, 3, 3, 3, 3, 3, 2, 3, 3, 3, 3, 3, 3};

    private static final int[] FULL = {0, 1, 1, 0, 2};
    private static final int STEPS = 6;
    private static final long SEED = 21;
    private static final long BYTES_PER_STEP = 4096;

    private final TokenSampler sampler;
    private final Verdict verdict = new Verdict();
    private final TokenGrid grid = ReferenceTokenSamplers.even(STEPS);

    private TokenSamplerRules(TokenSampler sampler) {
        this.sampler = sampler;
    }

    /** Those that the sampler breaks. What only follows from another broken rule is not said. */
    static List<Broken> brokenBy(TokenSampler sampler) {
        TokenSamplerRules rules = new TokenSamplerRules(sampler);
        rules.judge();
        return rules.verdict.broken();
    }

    private void judge() {
        verdict.check(Rule.T1, () -> Fields.notFinal(sampler));
        verdict.check(Rule.T2, this::check);
        if (!verdict.check(Rule.T3, this::fills)) return;
        verdict.check(Rule.T4, this::reports);
        verdict.check(Rule.T6, this::asksWhatItSays);
        verdict.check(Rule.T7, this::asksNothingOfNothing);
        verdict.check(Rule.T9, this::passesOnFailures);
        verdict.check(Rule.T10, this::isCancelled);
        verdict.check(Rule.T11, this::forgets);
        verdict.check(Rule.T12, this::allocatesLittle);
        verdict.check(Rule.T13, this::staysOnItsThread);
        if (verdict.check(Rule.T5, this::repeats)) verdict.check(Rule.T8, this::runsBesideOthers);
    }

    private Optional<String> check() {
        Network silent = new Network() {
            @Override
            public void predict(Canvas x, Rows rows) {
                throw new IllegalStateException("check asked the network");
            }
        };
        TestCanvas canvas = canvas(SEED);
        List<List<String>> said = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Refusals refuse = new Refusals();
            sampler.check(silent, grid, canvas, refuse);
            said.add(refuse.reasons());
        }
        if (!Arrays.equals(START, canvas.ids())) return Optional.of("check changed the canvas");
        return Verdict.unless(said.get(0).equals(said.get(1)), "it said " + said.get(0) + " and then " + said.get(1));
    }

    private Optional<String> fills() {
        TestCanvas canvas = canvas(SEED);
        Refusals refuse = new Refusals();
        sampler.check(new Network(), grid, canvas, refuse);
        if (!refuse.reasons().isEmpty()) return Optional.of("it refuses the kit's canvas: " + refuse.reasons());
        sampler.sample(new Network(), grid, canvas, canvas);
        int[] made = canvas.ids();
        for (int p = 0; p < made.length; p++) {
            if (made[p] == MarkovChain.MASK) return Optional.of("position " + p + " is still masked");
            if (START[p] != MarkovChain.MASK && made[p] != START[p]) {
                return Optional.of("position " + p + " was given and is changed");
            }
        }
        return Optional.empty();
    }

    private Optional<String> reports() {
        List<Integer> said = new ArrayList<>();
        Network network = new Network();
        TestCanvas canvas = canvas(SEED);
        sampler.sample(network, grid, canvas, new Steps(canvas) {
            @Override
            public void step(int i, Canvas x) {
                super.step(i, x);
                said.add(i);
            }
        });
        for (int i = 1; i < said.size(); i++) {
            if (said.get(i) <= said.get(i - 1)) return Optional.of("it reported " + said);
        }
        return Verdict.unless(
                said.size() == network.calls(), "of " + network.calls() + " questions it reported " + said);
    }

    private Optional<String> repeats() {
        return Verdict.unless(
                Arrays.equals(made(new Network(), SEED), made(new Network(), SEED)),
                "the second run gave other tokens than the first");
    }

    private Optional<String> asksWhatItSays() {
        List<String> other = new ArrayList<>();
        made(
                new Network() {
                    @Override
                    public void predict(Canvas x, Rows rows) {
                        String asked = words(rows.query()), said = words(sampler.asks());
                        if (!asked.equals(said)) other.add(asked + ", not " + said);
                        super.predict(x, rows);
                    }
                },
                SEED);
        return other.stream().findFirst().map(o -> "it asked for " + o);
    }

    private static String words(Query q) {
        List<Query.Stat> stats =
                Arrays.stream(Query.Stat.values()).filter(q::wants).toList();
        return stats + " at temperature " + q.temperature() + ", top-k " + q.topK() + ", top-p " + q.topP()
                + ", without "
                + Arrays.toString(q.without()) + (q.isGumbel() ? ", by Gumbel noise" : "")
                + (q.isProbabilityAsDrawn() ? ", as drawn" : "");
    }

    private Optional<String> asksNothingOfNothing() {
        Network network = new Network();
        TestCanvas full = new TestCanvas(MarkovChain.MASK, SEED, FULL);
        sampler.sample(network, grid, full, full);
        return Verdict.unless(network.calls() == 0, "it asked " + network.calls() + " times");
    }

    private Optional<String> runsBesideOthers() throws Exception {
        List<Turns.Turn<int[]>> runs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long seed = SEED + i;
            runs.add(handOn -> made(
                    new Network() {
                        @Override
                        public void predict(Canvas x, Rows rows) {
                            handOn.run();
                            super.predict(x, rows);
                            handOn.run();
                        }
                    },
                    seed));
        }
        List<int[]> together = Turns.take(runs);
        for (int i = 0; i < together.size(); i++) {
            if (!Arrays.equals(made(new Network(), SEED + i), together.get(i))) {
                return Optional.of("of " + together.size() + " runs at once, one gave other tokens than alone");
            }
        }
        return Optional.empty();
    }

    private Optional<String> passesOnFailures() {
        NetworkException failure = new NetworkException("made by the kit");
        Network failing = new Network() {
            @Override
            public void predict(Canvas x, Rows rows) {
                if (calls() == 1) throw failure;
                super.predict(x, rows);
            }
        };
        TestCanvas canvas = canvas(SEED);
        return thrown(failing, canvas, canvas, failure);
    }

    private Optional<String> isCancelled() {
        CancelledException cancelled = new CancelledException("cancelled by the kit");
        TestCanvas canvas = canvas(SEED);
        Network network = new Network();
        Steps run = new Steps(canvas) {
            @Override
            public void step(int i, Canvas x) {
                super.step(i, x);
                Thread.currentThread().interrupt();
                throw cancelled;
            }
        };
        Optional<String> found = thrown(network, canvas, run, cancelled);
        boolean interrupted = Thread.interrupted();
        if (found.isPresent()) return found;
        if (network.calls() > 1) return Optional.of("it asked the network after it");
        return Verdict.unless(interrupted, "the thread's interrupt is gone");
    }

    private Optional<String> thrown(TokenDenoiser network, Canvas canvas, CanvasRun run, RuntimeException expected) {
        try {
            sampler.sample(network, grid, canvas, run);
        } catch (RuntimeException e) {
            return Verdict.unless(e == expected, "out came " + e);
        }
        return Optional.of("it returned as if nothing had happened");
    }

    private Optional<String> forgets() throws InterruptedException {
        int kept = Memory.kept(() -> {
            Network network = new Network();
            TestCanvas canvas = canvas(SEED);
            Steps run = new Steps(canvas);
            sampler.sample(network, grid, canvas, run);
            return List.of(network, canvas, run);
        });
        return Verdict.unless(kept == 0, kept + " of the three are still held");
    }

    private Optional<String> allocatesLittle() {
        int few = 16, many = 64;
        OptionalLong less = bytes(few), more = bytes(many);
        if (less.isEmpty() || more.isEmpty()) return Optional.empty();
        long perStep = (more.getAsLong() - less.getAsLong()) / (many - few);
        return Verdict.unless(perStep <= BYTES_PER_STEP, "a step allocates " + perStep + " bytes");
    }

    private OptionalLong bytes(int steps) {
        TokenGrid even = ReferenceTokenSamplers.even(steps);
        IdleCanvas canvas = new IdleCanvas();
        return Memory.allocated(() -> {
            canvas.clear();
            sampler.sample(canvas, even, canvas, canvas);
        });
    }

    private Optional<String> staysOnItsThread() {
        Thread owner = Thread.currentThread();
        List<String> others = new ArrayList<>();
        made(
                new Network() {
                    @Override
                    public void predict(Canvas x, Rows rows) {
                        Thread caller = Thread.currentThread();
                        if (caller != owner) others.add(caller.getName());
                        super.predict(x, rows);
                    }
                },
                SEED);
        return others.stream().findFirst().map(t -> "it asked on thread " + t);
    }

    private int[] made(Network network, long seed) {
        TestCanvas canvas = canvas(seed);
        sampler.sample(network, grid, canvas, canvas);
        return canvas.ids();
    }

    private static TestCanvas canvas(long seed) {
        return new TestCanvas(MarkovChain.MASK, seed, START);
    }

    /** The perfect network of the chain, to be changed. */
    private static class Network implements TokenDenoiser {
        private final MarkovChain chain = new MarkovChain();

        final int calls() {
            return chain.calls();
        }

        @Override
        public Vocabulary vocabulary() {
            return chain.vocabulary();
        }

        @Override
        public boolean answers(Query query) {
            return chain.answers(query);
        }

        @Override
        public void predict(Canvas x, Rows rows) {
            chain.predict(x, rows);
        }
    }

    /** The run of a canvas, to be changed. */
    private static class Steps implements CanvasRun {
        private final TestCanvas canvas;

        Steps(TestCanvas canvas) {
            this.canvas = canvas;
        }

        @Override
        public double uniform(int step, int position, int lane) {
            return canvas.uniform(step, position, lane);
        }

        @Override
        public void step(int i, Canvas x) {
            canvas.step(i, x);
        }
    }

    /** A long canvas, its run and a network that says 0 everywhere, none of which allocates. */
    private static final class IdleCanvas implements Canvas, CanvasRun, TokenDenoiser, Vocabulary {
        private final boolean[] masked = new boolean[2048];
        private int step;

        void clear() {
            Arrays.fill(masked, true);
            step = 0;
        }

        @Override
        public int length() {
            return masked.length;
        }

        @Override
        public int id(int position) {
            return masked[position] ? 1 : 0;
        }

        @Override
        public boolean masked(int position) {
            return masked[position];
        }

        @Override
        public boolean open(int position) {
            return true;
        }

        @Override
        public int step() {
            return step;
        }

        @Override
        public void settle(int position, int token, double probability) {
            masked[position] = false;
        }

        @Override
        public void remask(int position) {
            masked[position] = true;
        }

        @Override
        public void focus(int from, int to) {}

        @Override
        public double uniform(int step, int position, int lane) {
            return (1 + (step * 31 + position * 17 + lane * 7) % 97) / 98.;
        }

        @Override
        public void step(int i, Canvas x) {
            step++;
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
            for (int i = 0; i < rows.size(); i++) rows.answer(i, 0, .5);
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public int mask() {
            return 1;
        }

        @Override
        public boolean ends(int id) {
            return false;
        }
    }
}
