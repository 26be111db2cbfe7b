package io.sampler4j.plugins.llada;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.Vocabulary;
import java.util.List;

/**
 * LLaDA's generation (Nie et al. 2025, arXiv 2502.09992, algorithms 4 and 5): predict every masked position at once,
 * settle the surest, leave the others masked; semi-autoregressive over blocks of open positions. How many settle in a
 * step comes from the grid, or from how sure the network is (Fast-dLLM, Wu et al. 2025, arXiv 2505.22618; EB-Sampler,
 * Ben-Hamu et al. 2025, arXiv 2505.24857). One evaluation per step; a step in which nothing would settle is skipped.
 * Draws per masked row: lane 0 the token, lane 1 the choice, both only where a temperature or the random choice asks.
 */
final class Llada implements TokenSampler {
    static final Option<Integer> BLOCK = Option.whole(
            "block-length", 0, 0, Integer.MAX_VALUE, "open positions that are filled before the next ones; 0 for all");
    static final Option<Double> TEMPERATURE =
            Option.decimal("temperature", 0, 0, 100, "of the tokens: 0 takes the likeliest");
    static final Option<Integer> TOP_K =
            Option.whole("top-k", 0, 0, Integer.MAX_VALUE, "draw among the k likeliest tokens; 0 for all");
    static final Option<Double> TOP_P =
            Option.decimal("top-p", 1, 1e-9, 1, "draw among the fewest tokens whose probabilities reach p; 1 for all");
    static final Option<Boolean> AS_DRAWN = Option.flag(
            "as-drawn", false, "be sure by the tempered, filtered distribution drawn from (Dream), not by the model's");
    static final Option<String> CHOICE =
            Option.oneOf("choice", Choice.NAMES, "what settles first: the surest by this measure, or any");
    static final Option<Double> CHOICE_TEMPERATURE = Option.decimal(
            "choice-temperature", 0, 0, 1e6, "of Gumbel noise on the measure (Dream's alg_temp); 0 for none");
    static final Option<Boolean> INDEPENDENT = Option.flag(
            "independent",
            false,
            "settle each position by itself with the grid's chance (Dream's origin), not a quota");
    static final Option<Double> THRESHOLD =
            Option.decimal("threshold", 0, 0, 1, "settle all that are as sure as this, at least one; 0 for the grid");
    static final Option<Double> FACTOR = Option.decimal(
            "factor", 0, 0, 1e6, "settle the n surest for the largest n with n-th >= 1 - factor/(n+1); 0 for the grid");
    static final Option<Double> ENTROPY_BOUND = Option.decimal(
            "entropy-bound",
            0,
            0,
            1e6,
            "settle while the entropies settled before stay below, in nats; 0 for the grid");
    static final Option<Double> REMASK_BELOW = Option.decimal(
            "remask-below", 0, 0, 1, "mask a settled token again when its probability has fallen below; 0 for never");
    static final Option<Double> EDIT_ABOVE = Option.decimal(
            "edit-above", 1, 0, 1, "replace a settled token by another of a probability above; 1 for never");
    static final Option<Boolean> STOP_AT_END =
            Option.flag("stop-at-end", true, "stop when an end of text stands and nothing before it is masked");
    static final Option<String> DRAW = Option.oneOf(
            "draw", List.of("uniform", "gumbel"), "by one uniform a row, or by the references' uniform an id: one law");
    static final List<Option<?>> OPTIONS = List.of(
            BLOCK,
            TEMPERATURE,
            TOP_K,
            TOP_P,
            AS_DRAWN,
            CHOICE,
            CHOICE_TEMPERATURE,
            INDEPENDENT,
            THRESHOLD,
            FACTOR,
            ENTROPY_BOUND,
            REMASK_BELOW,
            EDIT_ABOVE,
            STOP_AT_END,
            DRAW);

    private static final int MASKED = -1;

    private final int block;
    private final Query query;
    private final Choice choice;
    private final double choiceTemperature;
    private final boolean independent;
    private final double threshold;
    private final double factor;
    private final double bound;
    private final double remaskBelow;
    private final double editAbove;
    private final boolean stopAtEnd;

    Llada(Options o) {
        block = o.get(BLOCK);
        choice = Choice.named(o.get(CHOICE));
        choiceTemperature = o.get(CHOICE_TEMPERATURE);
        independent = o.get(INDEPENDENT);
        threshold = o.get(THRESHOLD);
        factor = o.get(FACTOR);
        bound = o.get(ENTROPY_BOUND);
        remaskBelow = o.get(REMASK_BELOW);
        editAbove = o.get(EDIT_ABOVE);
        stopAtEnd = o.get(STOP_AT_END);
        Query q =
                Query.token().temperature(o.get(TEMPERATURE)).topK(o.get(TOP_K)).topP(o.get(TOP_P));
        if (o.get(AS_DRAWN)) q = q.probabilityAsDrawn();
        if (o.get(DRAW).equals("gumbel")) q = q.gumbel();
        if (remaskBelow > 0) q = q.with(Query.Stat.GIVEN);
        query = choice.asks(q);
        agree();
    }

    private void agree() {
        int rules = (independent ? 1 : 0) + (threshold > 0 ? 1 : 0) + (factor > 0 ? 1 : 0) + (bound > 0 ? 1 : 0);
        if (rules > 1) {
            throw new IllegalArgumentException(
                    "independent, threshold, factor and entropy-bound each say how many settle: choose one");
        }
        if (independent && remaskBelow > 0) {
            throw new IllegalArgumentException(
                    "independent leaves no count to make up for what remask-below masks again");
        }
        need(!independent || choice == Choice.RANDOM, "independent", "random");
        need(bound == 0 || choice == Choice.ENTROPY, "entropy-bound", "entropy");
        boolean probable = choice == Choice.CONFIDENCE || choice == Choice.MARGIN;
        need(threshold == 0 || probable, "threshold", "confidence or choice=margin");
        need(factor == 0 || probable, "factor", "confidence or choice=margin");
    }

    private void need(boolean ok, String rule, String wanted) {
        if (!ok) throw new IllegalArgumentException(rule + " needs choice=" + wanted);
    }

    @Override
    public Query asks() {
        return query;
    }

    @Override
    public boolean followsGrid() {
        return threshold == 0 && factor == 0 && bound == 0;
    }

    @Override
    public void check(TokenDenoiser D, TokenGrid grid, Canvas x, Refusals refuse) {
        int open = x.openIn(0, x.length());
        if (open == 0 || block == 0) return;
        refuse.unless(
                open % block == 0,
                "block-length %d does not divide the %d open positions: choose one of their divisors, or another length",
                block,
                open);
        int blocks = open / block;
        refuse.unless(
                !followsGrid() || open % block != 0 || grid.steps() % blocks == 0,
                "%d steps do not divide into %d blocks: choose a multiple of %d for --steps, or another block-length",
                grid.steps(),
                blocks,
                blocks);
    }

    @Override
    public void sample(TokenDenoiser D, TokenGrid grid, Canvas x, CanvasRun run) {
        Rows rows = new Rows(query, x.length());
        int open = x.openIn(0, x.length()), B = block == 0 ? open : block, S = grid.steps() * B / Math.max(1, open);
        for (int b = 0, lo = x.firstOpen(), hi; b * B < open; b++, lo = hi) {
            hi = afterOpen(x, lo, B);
            x.focus(lo, hi);
            for (int i = independent ? x.step() - b * S : 0;
                    rows.masked(x, lo, hi).size() > 0;
                    i++) {
                int masked = rows.size(), left = counts() ? grid.left(B, i, S) : 0, step = x.step();
                if (left >= masked) continue; // nothing settles, or a resumed canvas is that far already
                D.predict(
                        x,
                        ask(rows, x, lo, hi)
                                .at((double) maskedIn(x, 0, x.length()) / open)
                                .draw(run, step));
                int[] best = rows.ranked(r -> key(rows, r, x, run, step));
                int n = counts()
                        ? masked - left
                        : independent ? fallen(rows, best, masked, grid, i, S, run, step) : sure(rows, best, masked);
                if (revises()) {
                    // Where the grid counts, what is masked again is made up for; elsewhere one more must settle than
                    // is masked.
                    int again = revise(rows, x, counts() ? left : n - 1);
                    if (counts()) n += again;
                }
                for (int k = 0; k < n; k++) {
                    x.settle(rows.position(best[k]), rows.token(best[k]), rows.probability(best[k]));
                }
                run.step(step, x);
                if (stopAtEnd && ended(x, D.vocabulary())) return;
            }
        }
    }

    /** Whether the grid says how many settle. */
    private boolean counts() {
        return followsGrid() && !independent;
    }

    private boolean revises() {
        return remaskBelow > 0 || editAbove < 1;
    }

    /** The position after the next {@code count} open ones from {@code from} on. */
    private static int afterOpen(Canvas x, int from, int count) {
        int p = from;
        for (int n = 0; n < count; p++) if (x.open(p)) n++;
        return p;
    }

    private static int maskedIn(Canvas x, int from, int to) {
        int n = 0;
        for (int p = from; p < to; p++) if (x.masked(p)) n++;
        return n;
    }

    /** Settled rows are asked about their own token, masked ones about the mask: so they are told apart afterwards. */
    private Rows ask(Rows rows, Canvas x, int lo, int hi) {
        if (revises()) rows.open(x, lo, hi);
        for (int r = 0; r < rows.size(); r++)
            rows.about(r, x.masked(rows.position(r)) ? MASKED : x.id(rows.position(r)));
        return rows;
    }

    /** What rows are ranked by. Gumbel noise draws an order without replacement from softmax(measure / temperature). */
    private double key(Rows rows, int r, Canvas x, CanvasRun run, int step) {
        if (rows.about(r) != MASKED) return Double.NEGATIVE_INFINITY;
        if (choice == Choice.RANDOM) return -run.uniform(step, rows.position(r), 1);
        double measure = choice.measure(rows, r);
        if (choiceTemperature == 0) return measure;
        return measure / choiceTemperature - Math.log(-Math.log(run.uniform(step, rows.position(r), 1)));
    }

    /** Rows that settle by themselves, each with the chance that the process unmasks it in this step. */
    private static int fallen(
            Rows rows, int[] best, int masked, TokenGrid grid, int i, int S, CanvasRun run, int step) {
        double chance = i < S - 1 ? 1 - grid.noise(i + 1, S) / grid.noise(i, S) : 1;
        int n = 0;
        while (n < masked && run.uniform(step, rows.position(best[n]), 1) < chance) n++;
        return n;
    }

    /** How many of the surest settle, at least one. */
    private int sure(Rows rows, int[] best, int masked) {
        int n = 1;
        if (threshold > 0) {
            while (n < masked && choice.measure(rows, best[n]) >= threshold) n++;
        } else if (factor > 0) {
            for (n = masked; n > 1 && choice.measure(rows, best[n - 1]) < 1 - factor / (n + 1); ) n--;
        } else {
            // Ben-Hamu et al. 2025: the sum of entropies without the largest bounds the error of settling together.
            for (double sum = rows.entropy(best[0]); n < masked && sum <= bound; n++) sum += rows.entropy(best[n]);
        }
        return n;
    }

    /** Edits, then masks the least probable settled tokens again, at most {@code room}; how many it masked. */
    private int revise(Rows rows, Canvas x, int room) {
        for (int r = 0; r < rows.size(); r++) {
            boolean other = rows.about(r) != MASKED && rows.token(r) != rows.about(r);
            if (other && rows.probability(r) > editAbove) {
                x.settle(rows.position(r), rows.token(r), rows.probability(r));
            }
        }
        int again = 0;
        for (int least; again < room && (least = leastProbable(rows, x)) >= 0; again++) x.remask(rows.position(least));
        return again;
    }

    /** Of the tokens that were settled and still stand, the one whose probability has fallen furthest below the bound. */
    private int leastProbable(Rows rows, Canvas x) {
        int least = -1;
        for (int r = 0; r < rows.size(); r++) {
            if (rows.about(r) == MASKED || x.id(rows.position(r)) != rows.about(r)) continue;
            double p = Math.exp(rows.given(r));
            if (p < remaskBelow && (least < 0 || p < Math.exp(rows.given(least)))) least = r;
        }
        return least;
    }

    /** Whether an end stands, nothing before it is masked, and nothing after it was given. */
    private static boolean ended(Canvas x, Vocabulary vocabulary) {
        for (int p = x.firstOpen(); p < x.length() && !x.masked(p); p++) {
            if (x.open(p) && vocabulary.ends(x.id(p))) return x.openIn(p, x.length()) == x.length() - p;
        }
        return false;
    }
}
