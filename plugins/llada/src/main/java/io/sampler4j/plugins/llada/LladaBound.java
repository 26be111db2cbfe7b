package io.sampler4j.plugins.llada;

import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import io.sampler4j.api.stage.Score;
import io.sampler4j.api.stage.TokenScorer;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenProcess;

/**
 * The Monte-Carlo bound on the log-likelihood of the open positions given the others (Nie et al. 2025, equation 6):
 * the mean over l uniform in 1..A and l of the A positions masked of (A / l) sum of log p. The counts of the samples are
 * spread over 1..A by one uniform, each of them exactly uniform, where the reference rounds and is biased; so the
 * standard error, computed as of independent samples, is an upper one.
 */
final class LladaBound implements TokenScorer {
    static final Option<Integer> SAMPLES =
            Option.whole("samples", 128, 1, 1_000_000, "Monte-Carlo samples, each one evaluation");

    private final int samples;

    LladaBound(Options o) {
        samples = o.get(SAMPLES);
    }

    @Override
    public Score score(TokenDenoiser D, TokenProcess process, Canvas x, CanvasRun run) {
        Rows rows = new Rows(Query.token().with(Query.Stat.GIVEN), x.length());
        int A = rows.open(x, 0, x.length()).size();
        int[] position = new int[A], id = new int[A];
        for (int r = 0; r < A; r++) {
            position[r] = rows.position(r);
            id[r] = x.id(position[r]);
        }
        double mean = 0, squares = 0;
        for (int j = 0; j < samples && A > 0; j++) {
            int step = j, l = count(run.uniform(0, x.length(), 0), j, A);
            int[] order = rows.open(x, 0, x.length()).ranked(r -> run.uniform(step, position[r], 0));
            for (int k = 0; k < l; k++) x.remask(position[order[k]]);
            rows.masked(x, 0, x.length()).at((double) l / A);
            for (int r = 0, a = 0; r < rows.size(); r++, a++) {
                while (position[a] != rows.position(r)) a++;
                rows.about(r, id[a]);
            }
            D.predict(x, rows);
            double bound = 0;
            for (int r = 0; r < l; r++) {
                bound += rows.given(r) * A / l;
                x.settle(rows.position(r), rows.about(r), Math.exp(rows.given(r)));
            }
            run.step(j, x);
            double d = bound - mean;
            mean += d / (j + 1);
            squares += d * (bound - mean);
        }
        double error = samples > 1 ? Math.sqrt(squares / (samples - 1) / samples) : Double.NaN;
        return Score.estimate(new double[] {mean}, new double[] {error});
    }

    /** The count of sample j: systematic sampling of [0, 1) from one uniform, times A. */
    private int count(double u, int j, int A) {
        double v = (u + (double) j / samples) % 1;
        return 1 + Math.min(A - 1, (int) (v * A));
    }
}
