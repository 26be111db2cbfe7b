package io.sampler4j.api.token;

import io.sampler4j.api.ImplementedBy;
import java.util.EnumSet;
import java.util.Set;
import org.apiguardian.api.API;

/**
 * What a token sampler wants to know about each row, said before the run, so that the host takes the cheapest way to it
 * (statistics in the graph, one fused pass over pinned logits). A sampler never sees logits. Immutable; grows by
 * methods.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Query {
    /** Row statistics. Only ever sent by plugins, which must not switch over them: more may come. */
    @API(status = API.Status.STABLE, since = "1.0")
    @ImplementedBy(ImplementedBy.Party.NOBODY)
    public enum Stat {
        /** The token answered. */
        TOKEN,
        /** Its probability. */
        PROBABILITY,
        /** The second highest probability. */
        RUNNER_UP,
        /** The entropy of the row, in nats. */
        ENTROPY,
        /** The logarithm of the sum of exp over the row. */
        MASS,
        /** The log-probability of a token given by {@link Rows#about}. */
        GIVEN
    }

    private final Set<Stat> stats;
    private final double temperature;
    private final double topP;
    private final int topK;
    private final int[] without;
    private final boolean asDrawn, gumbel, within;

    private Query(
            Set<Stat> stats,
            double temperature,
            int topK,
            double topP,
            int[] without,
            boolean asDrawn,
            boolean gumbel,
            boolean within) {
        this.stats = stats;
        this.temperature = temperature;
        this.topK = topK;
        this.topP = topP;
        this.without = without;
        this.asDrawn = asDrawn;
        this.gumbel = gumbel;
        this.within = within;
    }

    /** The most likely token and its probability; ties go to the lower id. */
    public static Query token() {
        return new Query(EnumSet.of(Stat.TOKEN, Stat.PROBABILITY), 0, 0, 1, new int[0], false, false, false);
    }

    /**
     * Above 0: a token drawn from softmax(logits / temperature) by one uniform per row (inverse CDF). The probability
     * stays that of temperature 1, unless {@link #probabilityAsDrawn()}.
     */
    public Query temperature(double t) {
        return new Query(stats, t, topK, topP, without, asDrawn, gumbel, within);
    }

    /** Draws among the k most likely tokens only; 0 for all. */
    public Query topK(int k) {
        return new Query(stats, temperature, k, topP, without, asDrawn, gumbel, within);
    }

    /**
     * Draws among the fewest tokens whose probabilities reach p, the one that reaches it included; 1 for all. With
     * {@link #topK} the probabilities are of all tokens (Dream), unless {@link #topPWithinTopK()}.
     */
    public Query topP(double p) {
        return new Query(stats, temperature, topK, p, without, asDrawn, gumbel, within);
    }

    /** Top-p is measured on what top-k has left, made to sum to 1 (taming-transformers, Hugging Face). */
    public Query topPWithinTopK() {
        return new Query(stats, temperature, topK, topP, without, asDrawn, gumbel, true);
    }

    /** Never answers these ids. */
    public Query without(int... ids) {
        return new Query(stats, temperature, topK, topP, ids.clone(), asDrawn, gumbel, within);
    }

    /** The probability is of the tempered and filtered distribution that the token was drawn from (Dream). */
    public Query probabilityAsDrawn() {
        return new Query(stats, temperature, topK, topP, without, true, gumbel, within);
    }

    /**
     * Draws as the references literally do, by the largest of exp(logit) / (-ln U)^temperature with one uniform an id:
     * the same law as the inverse CDF at a hundred times the cost, to compare with.
     */
    public Query gumbel() {
        return new Query(stats, temperature, topK, topP, without, asDrawn, true, within);
    }

    /** Asks for one more statistic. */
    public Query with(Stat stat) {
        EnumSet<Stat> more = EnumSet.copyOf(stats);
        more.add(stat);
        return new Query(more, temperature, topK, topP, without, asDrawn, gumbel, within);
    }

    /** Whether this statistic is asked for. */
    public boolean wants(Stat stat) {
        return stats.contains(stat);
    }

    /** The temperature of the draw, 0 for the most likely token. */
    public double temperature() {
        return temperature;
    }

    /** How many of the most likely tokens are drawn among, 0 for all. */
    public int topK() {
        return topK;
    }

    /** The probability mass drawn among, 1 for all; see {@link #isTopPWithinTopK()}. */
    public double topP() {
        return topP;
    }

    /** Whether that mass is of the {@link #topK()} most likely tokens only. */
    public boolean isTopPWithinTopK() {
        return within;
    }

    /** Ids never answered, as a new array. */
    public int[] without() {
        return without.clone();
    }

    /** Whether tokens are drawn by one uniform an id. */
    public boolean isGumbel() {
        return gumbel;
    }

    /** Whether the probability is of the distribution drawn from. */
    public boolean isProbabilityAsDrawn() {
        return asDrawn;
    }
}
