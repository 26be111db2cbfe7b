package io.sampler4j.plugins.llada;

import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Query.Stat;
import io.sampler4j.api.token.Rows;
import java.util.List;
import java.util.function.UnaryOperator;

/** How sure the network is of a row: what settles first. */
enum Choice {
    /** The probability of its token: low-confidence remasking. */
    CONFIDENCE("confidence", q -> q, Rows::probability),
    /** Its lead over the runner-up (Dream's topk_margin). */
    MARGIN("margin", q -> q.with(Stat.RUNNER_UP), Choice::margin),
    /** The negative entropy (Dream's entropy). */
    ENTROPY("entropy", q -> q.with(Stat.ENTROPY), (rows, r) -> -rows.entropy(r)),
    /** Nothing: any order is as good, and draws at one token a step then follow the model's own law. */
    RANDOM("random", q -> q, (rows, r) -> 0);

    static final List<String> NAMES = List.of("confidence", "margin", "entropy", "random");

    private interface Measure {
        double of(Rows rows, int r);
    }

    private final String word;
    private final UnaryOperator<Query> asks;
    private final Measure measure;

    Choice(String word, UnaryOperator<Query> asks, Measure measure) {
        this.word = word;
        this.asks = asks;
        this.measure = measure;
    }

    static Choice named(String word) {
        for (Choice c : values()) if (c.word.equals(word)) return c;
        throw new IllegalArgumentException("there is no choice " + word + "; there are " + NAMES);
    }

    Query asks(Query q) {
        return asks.apply(q);
    }

    double measure(Rows rows, int r) {
        return measure.of(rows, r);
    }

    /** Of the token drawn: above temperature 0 it may be negative. */
    private static double margin(Rows rows, int r) {
        return rows.probability(r) - rows.runnerUp(r);
    }
}
