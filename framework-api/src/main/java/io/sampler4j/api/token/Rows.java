package io.sampler4j.api.token;

import io.sampler4j.api.ImplementedBy;
import java.util.function.IntToDoubleFunction;
import org.apiguardian.api.API;

/** A question about some positions and, after {@link TokenDenoiser#predict}, its answer. Made once per run, refilled each step, no allocation. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Rows {
    private final Query query;
    private final int[] position, token, about;
    private final double[] u, p, runnerUp, entropy, mass, given;
    private final int[] order;
    private final double[] key;
    private int size;
    private double noise;

    /** Room for {@code capacity} rows, all asked the same. */
    public Rows(Query query, int capacity) {
        this.query = query;
        position = new int[capacity];
        token = new int[capacity];
        about = new int[capacity];
        order = new int[capacity];
        key = new double[capacity];
        u = new double[capacity];
        p = new double[capacity];
        runnerUp = new double[capacity];
        entropy = new double[capacity];
        mass = new double[capacity];
        given = new double[capacity];
    }

    /** The masked positions in [from, to), in order. */
    public Rows masked(Canvas x, int from, int to) {
        size = 0;
        for (int i = from; i < to; i++) if (x.masked(i)) position[size++] = i;
        return this;
    }

    /** The settled open positions in [from, to), in order: for re-masking and editing. */
    public Rows settled(Canvas x, int from, int to) {
        size = 0;
        for (int i = from; i < to; i++) if (x.open(i) && !x.masked(i)) position[size++] = i;
        return this;
    }

    /** All open positions in [from, to), masked or settled, in order. */
    public Rows open(Canvas x, int from, int to) {
        size = 0;
        for (int i = from; i < to; i++) if (x.open(i)) position[size++] = i;
        return this;
    }

    /** One position. */
    public Rows only(int at) {
        size = 1;
        position[0] = at;
        return this;
    }

    /** Asks for the log-probability of this token in row i ({@link Query.Stat#GIVEN}). */
    public Rows about(int i, int token) {
        about[i] = token;
        return this;
    }

    /** For networks that know the time of their process: the share of positions masked at it, in [0, 1]. */
    public Rows at(double noise) {
        this.noise = noise;
        return this;
    }

    /** Gives each row the uniform it is drawn with. Needed when the query's temperature is above 0. */
    public Rows draw(CanvasRun run, int step) {
        for (int i = 0; i < size; i++) u[i] = run.uniform(step, position[i], 0);
        return this;
    }

    /** What is asked of each row. */
    public Query query() {
        return query;
    }

    /** The token that row i is asked about ({@link #about(int, int)}). */
    public int about(int i) {
        return about[i];
    }

    /** The log-probability, in nats, of the token that row i was asked about. */
    public double given(int i) {
        return given[i];
    }

    /** The share of positions masked that the network is told. */
    public double noise() {
        return noise;
    }

    /** How many rows are asked about. */
    public int size() {
        return size;
    }

    /** The position of row i on the canvas. */
    public int position(int i) {
        return position[i];
    }

    /** The uniform that row i is drawn with. */
    public double uniform(int i) {
        return u[i];
    }

    /** The token answered in row i. */
    public int token(int i) {
        return token[i];
    }

    /** Its probability. */
    public double probability(int i) {
        return p[i];
    }

    /** The second highest probability of row i. */
    public double runnerUp(int i) {
        return runnerUp[i];
    }

    /** The entropy of row i, in nats. */
    public double entropy(int i) {
        return entropy[i];
    }

    /** Row indices by falling score, ties to the lower position. The array is reused. */
    public int[] ranked(IntToDoubleFunction score) {
        for (int i = 0; i < size; i++) {
            key[i] = score.applyAsDouble(i);
            order[i] = i;
        }
        for (int i = size / 2 - 1; i >= 0; i--) sink(i, size);
        for (int n = size - 1; n > 0; n--) {
            int t = order[0];
            order[0] = order[n];
            order[n] = t;
            sink(0, n);
        }
        return order;
    }

    private void sink(int i, int n) {
        int v = order[i];
        for (int c; (c = 2 * i + 1) < n; i = c) {
            if (c + 1 < n && after(order[c + 1], order[c])) c++;
            if (!after(order[c], v)) break;
            order[i] = order[c];
        }
        order[i] = v;
    }

    private boolean after(int a, int b) {
        return key[a] < key[b] || key[a] == key[b] && a > b;
    }

    /** The logarithm of the sum of exp over the row: 0 for log probabilities, meaningful for log scores (SEDD). */
    public double logMass(int i) {
        return mass[i];
    }

    /** For denoisers, as are the setters below; a statistic that the query does not want may be left out. */
    public void answer(int i, int token, double probability) {
        this.token[i] = token;
        p[i] = probability;
    }

    /** For denoisers: the second highest probability. */
    public void runnerUp(int i, double probability) {
        runnerUp[i] = probability;
    }

    /** For denoisers: the entropy. */
    public void entropy(int i, double nats) {
        entropy[i] = nats;
    }

    /** For denoisers: the logarithm of the sum of exp. */
    public void logMass(int i, double value) {
        mass[i] = value;
    }

    /** For denoisers: the log-probability of the token asked about. */
    public void given(int i, double nats) {
        given[i] = nats;
    }
}
