package io.sampler4j.model.tokens;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Query.Stat;
import io.sampler4j.api.token.Rows;
import java.util.Arrays;

/**
 * Answers one row of logits after another in one fused pass: block by block, each copied to the nearest cache and there
 * asked for its maximum and its sum of exponentials about it; the blocks meet in double at the end. Ties go to the lower
 * id. Draws read one block more. Allocates nothing that grows with the vocabulary, except that top-k and top-p keep
 * buffers for their candidates. Confined to one thread.
 */
final class RowReader {
    /** Floats of a block: 8 KB, a fraction of a first-level cache. */
    static final int BLOCK = 2048;

    private final Kernel kernel;
    private final float[] block = new float[BLOCK];
    private final float[] spare = new float[BLOCK];
    private float[] max = new float[0];
    private double[] sum = new double[0];
    private double[] drawn = new double[0];
    private double[] dot = new double[0];
    private long[] candidates = new long[256];
    private int[] kept = new int[256];

    private LogitRows in;
    private int row;
    private int other;
    private boolean first;

    RowReader(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Answers row i of the question.
     *
     * @param row where its logits are
     * @param other where those without the prompt are; read under guidance only
     * @param first whether it is the first open position
     * @throws NetworkException if there is nothing to choose among, or a logit is no number
     */
    void answer(LogitRows in, int row, int other, boolean first, Rows rows, int i) {
        this.in = in;
        this.row = row;
        this.other = other;
        this.first = first;
        Query q = rows.query();
        double t = q.temperature();
        boolean filtered = q.topK() > 0 || q.topP() < 1;
        float inverse = t == 0 ? 1 : (float) (1 / t);
        float scale = q.isProbabilityAsDrawn() && !filtered ? inverse : 1;
        boolean alike = inverse == scale;
        boolean tempered = !alike && (filtered || t > 0 && !q.isGumbel());
        boolean entropy = q.wants(Stat.ENTROPY) && !(filtered && q.isProbabilityAsDrawn());
        int blocks = (in.vocabulary() + BLOCK - 1) / BLOCK;
        make(blocks);
        float top = Float.NEGATIVE_INFINITY;
        int best = -1;
        for (int b = 0; b < blocks; b++) {
            int n = load(b);
            float m = kernel.max(block, n);
            max[b] = m;
            if (m == Float.NEGATIVE_INFINITY) {
                sum[b] = drawn[b] = dot[b] = 0;
                continue;
            }
            if (m > top) {
                top = m;
                best = b * BLOCK + indexOf(m);
            } else if (Float.isNaN(m)) {
                throw notANumber(rows.position(i));
            }
            // One call of the kernel in the code, whatever is asked: with two, C2 boxes the vectors of the second.
            for (int k = tempered ? 1 : 0; k >= 0; k--) {
                drawn[b] = sum[b];
                sum[b] = kernel.expSum(block, n, m, k == 0 ? scale : inverse);
            }
            if (!tempered) drawn[b] = sum[b];
            if (entropy) dot[b] = kernel.expDot(block, n, m, scale);
        }
        if (best < 0 || top == Float.POSITIVE_INFINITY) throw notANumber(rows.position(i));
        double total = 0, dots = 0;
        for (int b = 0; b < blocks; b++) {
            if (sum[b] == 0) continue;
            double d = (double) (max[b] - top) * scale, e = Math.exp(d);
            total += sum[b] * e;
            if (entropy) dots += (dot[b] + d * sum[b]) * e;
            drawn[b] *= Math.exp((double) (max[b] - top) * inverse);
        }
        if (!Double.isFinite(total)) throw notANumber(rows.position(i));
        double log = Math.log(total);
        rows.logMass(i, log + (double) top * scale);
        if (q.wants(Stat.GIVEN)) {
            rows.given(i, (double) (at(rows.about(i)) - top) * scale - log);
        }
        if (entropy) rows.entropy(i, Math.max(0, log - dots / total));
        if (filtered) {
            filtered(rows, i, top, inverse, total, blocks);
            return;
        }
        int token = best;
        if (t > 0) {
            token = q.isGumbel()
                    ? gumbel(rows.uniform(i), t, blocks)
                    : draw(rows.uniform(i), top, inverse, blocks, best);
        }
        rows.answer(i, token, Math.exp((double) (at(token) - top) * scale) / total);
        if (q.wants(Stat.RUNNER_UP)) rows.runnerUp(i, Math.exp((double) (second(best) - top) * scale) / total);
    }

    private NetworkException notANumber(int position) {
        return new NetworkException("The network's logits for position " + position
                + " are not finite, or every id is suppressed: nothing can be chosen there. Look at them with a runtime of"
                + " the framework that trained it, and check suppress in the manifest.");
    }

    private void make(int blocks) {
        if (max.length >= blocks) return;
        max = new float[blocks];
        sum = new double[blocks];
        drawn = new double[blocks];
        dot = new double[blocks];
    }

    private int load(int b) {
        int from = b * BLOCK, n = Math.min(BLOCK, in.vocabulary() - from);
        in.copy(row, other, first, from, n, block, spare);
        return n;
    }

    private float at(int id) {
        return in.at(row, other, first, id);
    }

    private int indexOf(float value) {
        int i = 0;
        while (block[i] != value) i++;
        return i;
    }

    /** The second highest logit: of another block, or of the best one without its best. */
    private float second(int best) {
        int home = best / BLOCK, n = load(home);
        block[best - home * BLOCK] = Float.NEGATIVE_INFINITY;
        float second = kernel.max(block, n);
        int blocks = (in.vocabulary() + BLOCK - 1) / BLOCK;
        for (int b = 0; b < blocks; b++) if (b != home) second = Math.max(second, max[b]);
        return second;
    }

    /** The inverse of the cumulated distribution at u: the block first, by the sums that are there, then the id in it. */
    private int draw(double u, float top, float inverse, int blocks, int best) {
        double total = 0;
        for (int b = 0; b < blocks; b++) total += drawn[b];
        double left = u * total;
        int last = best;
        for (int b = 0; b < blocks; b++) {
            if (drawn[b] == 0) continue;
            if (left >= drawn[b] && b < blocks - 1) {
                left -= drawn[b];
                continue;
            }
            int n = load(b);
            for (int k = 0; k < n; k++) {
                if (block[k] == Float.NEGATIVE_INFINITY) continue;
                last = b * BLOCK + k;
                left -= Math.exp((double) (block[k] - top) * inverse);
                if (left < 0) return last;
            }
            // The block's float sum and this double one differ in their last digits: the block's last id closes the
            // gap.
            return last;
        }
        return last;
    }

    /** The reference's form: the arg max of exp(l) / (-ln U)^T over one uniform an id, in its logarithm, which cannot overflow. */
    private int gumbel(double u, double t, int blocks) {
        int token = -1;
        double most = Double.NEGATIVE_INFINITY;
        for (int b = 0; b < blocks; b++) {
            int n = load(b);
            for (int k = 0; k < n; k++) {
                double score = block[k] - t * Math.log(-Math.log(Uniforms.of(u, b * BLOCK + k)));
                if (score > most) {
                    most = score;
                    token = b * BLOCK + k;
                }
            }
        }
        return token;
    }

    /**
     * Top-k and top-p of the tempered distribution: both keep the front of the same order (falling logit, rising id).
     * Top-p is a share of all mass, or of what top-k leaves. The token that reaches p is kept. {@code drawn} are the
     * blocks' tempered sums about the maximum.
     */
    private void filtered(Rows rows, int i, float top, float inverse, double total, int blocks) {
        Query q = rows.query();
        double mass = 0;
        for (int b = 0; b < blocks; b++) mass += drawn[b];
        double wanted = q.topP() < 1 ? q.topP() * mass : 0;
        int most = q.topK() > 0 ? Math.min(q.topK(), in.vocabulary()) : in.vocabulary();
        boolean within = q.isTopPWithinTopK() && q.topK() > 0 && q.topP() < 1;
        int n = 0;
        boolean all = false;
        for (double depth = 4; !all; depth *= 2) {
            n = collect((float) (top - depth / inverse), blocks);
            all = depth > 1e3 || n >= in.vocabulary();
            double reached = 0;
            for (int k = 0; k < n; k++) reached += weight(k, top, inverse);
            if (q.topK() > 0 && n >= most || q.topP() < 1 && !within && reached >= wanted) break;
        }
        Arrays.sort(candidates, 0, n);
        if (within) {
            mass = 0;
            for (int k = 0; k < Math.min(n, most); k++) mass += weight(k, top, inverse);
            wanted = q.topP() * mass;
        }
        int keep = 0;
        double reached = 0;
        while (keep < n && keep < most && (q.topP() >= 1 || keep == 0 || reached < wanted)) {
            reached += weight(keep++, top, inverse);
        }
        if (q.isProbabilityAsDrawn() && q.wants(Stat.ENTROPY)) {
            double entropy = 0;
            for (int k = 0; k < keep; k++) {
                double p = weight(k, top, inverse) / reached;
                if (p > 0) entropy -= p * Math.log(p);
            }
            rows.entropy(i, entropy);
        }
        double ofRow = q.isProbabilityAsDrawn() ? inverse : 1, norm = q.isProbabilityAsDrawn() ? reached : total;
        if (q.wants(Stat.RUNNER_UP)) {
            boolean alone = q.isProbabilityAsDrawn() && keep == 1;
            float second = q.isProbabilityAsDrawn() && keep > 1 ? logit(1) : alone ? 0 : second(id(0));
            rows.runnerUp(i, alone ? 0 : Math.exp((second - top) * ofRow) / norm);
        }
        int token = q.temperature() == 0 ? id(0) : drawKept(rows.uniform(i), keep, reached, top, inverse, q);
        rows.answer(i, token, Math.exp((double) (at(token) - top) * ofRow) / norm);
    }

    /** Among the kept, in the order of their ids, as an unfiltered draw would. */
    private int drawKept(double u, int keep, double mass, float top, float inverse, Query q) {
        if (kept.length < keep) kept = new int[Math.max(keep, 2 * kept.length)];
        for (int k = 0; k < keep; k++) kept[k] = id(k);
        Arrays.sort(kept, 0, keep);
        double left = u * mass, most = Double.NEGATIVE_INFINITY;
        int token = kept[keep - 1];
        for (int k = 0; k < keep; k++) {
            float l = at(kept[k]);
            if (q.isGumbel()) {
                double score = l - q.temperature() * Math.log(-Math.log(Uniforms.of(u, kept[k])));
                if (score <= most) continue;
                most = score;
                token = kept[k];
            } else if ((left -= Math.exp((double) (l - top) * inverse)) < 0) {
                return kept[k];
            }
        }
        return token;
    }

    /** All logits from {@code lowest} on, unsorted; blocks below it are not read. */
    private int collect(float lowest, int blocks) {
        int n = 0;
        for (int b = 0; b < blocks; b++) {
            if (!(max[b] >= lowest) || max[b] == Float.NEGATIVE_INFINITY) continue;
            int size = load(b);
            if (candidates.length < n + size) candidates = Arrays.copyOf(candidates, Math.max(n + size, 2 * n));
            for (int k = 0; k < size; k++) {
                if (block[k] >= lowest && block[k] != Float.NEGATIVE_INFINITY)
                    candidates[n++] = key(block[k], b * BLOCK + k);
            }
        }
        return n;
    }

    /** Sorts by falling logit, then by rising id. */
    private static long key(float logit, int id) {
        int bits = Float.floatToIntBits(logit == 0 ? 0f : logit);
        int rising = bits ^ (bits >> 31 & Integer.MAX_VALUE);
        return (long) ~rising << 32 | id;
    }

    private int id(int k) {
        return (int) candidates[k];
    }

    private float logit(int k) {
        int rising = ~(int) (candidates[k] >> 32);
        return Float.intBitsToFloat(rising ^ (rising >> 31 & Integer.MAX_VALUE));
    }

    private double weight(int k, float top, float inverse) {
        return Math.exp((double) (logit(k) - top) * inverse);
    }
}
