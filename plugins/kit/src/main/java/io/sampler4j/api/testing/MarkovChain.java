package io.sampler4j.api.testing;

import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.Vocabulary;
import java.util.Arrays;
import org.apiguardian.api.API;

/** A Markov chain over three ids, and the perfect masked network of it: exact conditionals given whatever is known. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class MarkovChain implements TokenDenoiser, Vocabulary {
    /** The mask. */
    public static final int MASK = 3;

    private static final int K = 3;
    private static final double[] FIRST = {.5, .3, .2};
    private static final double[][] NEXT = {{.7, .2, .1}, {.1, .6, .3}, {.3, .1, .6}};

    private int calls;

    /** Calls so far. */
    public int calls() {
        return calls;
    }

    /** The probability of a sequence. */
    public double probability(int[] ids) {
        double p = FIRST[ids[0]];
        for (int i = 1; i < ids.length; i++) p *= NEXT[ids[i - 1]][ids[i]];
        return p;
    }

    @Override
    public Vocabulary vocabulary() {
        return this;
    }

    @Override
    public int size() {
        return K;
    }

    @Override
    public int mask() {
        return MASK;
    }

    @Override
    public boolean ends(int id) {
        return false;
    }

    @Override
    public boolean answers(Query query) {
        return true;
    }

    @Override
    public void predict(Canvas x, Rows rows) {
        calls++;
        for (int i = 0; i < rows.size(); i++) {
            double[] p = conditional(x, rows.position(i));
            int token = 0;
            double u = rows.uniform(i);
            while (token < K - 1 && u >= p[token]) u -= p[token++];
            if (rows.query().temperature() == 0) for (int k = 0; k < K; k++) if (p[k] > p[token]) token = k;
            rows.answer(i, token, p[token]);
        }
    }

    /** Forward and backward messages over the positions whose ids are known. */
    private static double[] conditional(Canvas x, int at) {
        double[] f = FIRST.clone(), b = new double[K];
        Arrays.fill(b, 1);
        for (int p = 0; p < at; p++) {
            double[] g = new double[K];
            for (int i = 0; i < K; i++) if (allows(x, p, i)) for (int j = 0; j < K; j++) g[j] += f[i] * NEXT[i][j];
            f = g;
        }
        for (int p = x.length() - 1; p > at; p--) {
            double[] g = new double[K];
            for (int i = 0; i < K; i++) for (int j = 0; j < K; j++) if (allows(x, p, j)) g[i] += NEXT[i][j] * b[j];
            b = g;
        }
        double sum = 0;
        for (int k = 0; k < K; k++) sum += f[k] *= b[k];
        for (int k = 0; k < K; k++) f[k] /= sum;
        return f;
    }

    private static boolean allows(Canvas x, int position, int id) {
        return x.masked(position) || x.id(position) == id;
    }
}
