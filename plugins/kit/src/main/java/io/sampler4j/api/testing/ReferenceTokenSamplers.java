package io.sampler4j.api.testing;

import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import org.apiguardian.api.API;

/** The smallest token samplers of each shape, to prove the API by. All draw at temperature 1. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class ReferenceTokenSamplers {
    private ReferenceTokenSamplers() {}

    /** The loops differ; the question is the same. */
    private abstract static class Drawing implements TokenSampler {
        @Override
        public Query asks() {
            return Query.token().temperature(1);
        }
    }

    /** One position after the other (Esser et al. 2021). */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    public static final class Raster extends Drawing {
        @Override
        public boolean followsGrid() {
            return false;
        }

        @Override
        public void sample(TokenDenoiser D, TokenGrid grid, Canvas x, CanvasRun run) {
            Rows row = new Rows(asks(), 1);
            for (int p = 0; p < x.length(); p++) {
                if (!x.masked(p)) continue;
                D.predict(x, row.only(p).draw(run, p));
                x.settle(p, row.token(0), row.probability(0));
                run.step(p, x);
            }
        }
    }

    /** LLaDA's remasking by the random rule, over blocks (Nie et al. 2025, algorithm 4). */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    public static final class Llada extends Drawing {
        private final int block;

        /** Positions per block. */
        public Llada(int block) {
            this.block = block;
        }

        @Override
        public void sample(TokenDenoiser D, TokenGrid grid, Canvas x, CanvasRun run) {
            Rows rows = new Rows(asks(), x.length());
            int start = x.firstOpen(), n = grid.steps() * block / (x.length() - start);
            for (int lo = start; lo < x.length(); lo += block) {
                int hi = Math.min(lo + block, x.length()), total = x.openIn(lo, hi);
                x.focus(lo, hi);
                for (int i = 0; rows.masked(x, lo, hi).size() > 0; i++) {
                    int quota = rows.size() - grid.left(total, i, n), step = x.step();
                    if (quota <= 0) continue;
                    D.predict(x, rows.at(grid.noise(i, n)).draw(run, step));
                    int[] best = rows.ranked(r -> run.uniform(step, rows.position(r), 1));
                    for (int k = 0; k < quota; k++) settle(x, rows, best[k]);
                    run.step(step, x);
                }
            }
        }
    }

    /** MaskGIT's parallel decoding (Chang et al. 2022). */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    public static final class MaskGit extends Drawing {
        private final double temperature;

        /** Of the Gumbel noise on the confidence; falls to 0 at the last step. */
        public MaskGit(double temperature) {
            this.temperature = temperature;
        }

        @Override
        public void sample(TokenDenoiser D, TokenGrid grid, Canvas x, CanvasRun run) {
            Rows rows = new Rows(asks(), x.length());
            int total = x.openIn(0, x.length()), n = grid.steps();
            for (int i = 0; i < n && rows.masked(x, 0, x.length()).size() > 0; i++) {
                int step = i;
                double tau = temperature * (1 - (i + 1.0) / n);
                D.predict(x, rows.at(grid.noise(i, n)).draw(run, step));
                int[] best = rows.ranked(r -> Math.log(rows.probability(r))
                        - tau * Math.log(-Math.log(run.uniform(step, rows.position(r), 1))));
                int quota = Math.max(1, rows.size() - grid.left(total, i, n));
                for (int k = 0; k < quota; k++) settle(x, rows, best[k]);
                run.step(step, x);
            }
        }
    }

    /** MDLM's ancestral sampling (Sahoo et al. 2024). */
    @API(status = API.Status.EXPERIMENTAL, since = "0.1")
    public static final class Mdlm extends Drawing {
        @Override
        public void sample(TokenDenoiser D, TokenGrid grid, Canvas x, CanvasRun run) {
            Rows rows = new Rows(asks(), x.length());
            for (int i = 0, n = grid.steps();
                    i < n && rows.masked(x, 0, x.length()).size() > 0;
                    i++) {
                double t = grid.noise(i, n), s = grid.noise(i + 1, n);
                D.predict(x, rows.at(t).draw(run, i));
                for (int r = 0; r < rows.size(); r++) {
                    if (run.uniform(i, rows.position(r), 1) < 1 - s / t) settle(x, rows, r);
                }
                run.step(i, x);
            }
        }
    }

    private static void settle(Canvas x, Rows rows, int r) {
        x.settle(rows.position(r), rows.token(r), rows.probability(r));
    }

    /** As many positions per step as go into the number of steps, the remainder first (LLaDA). */
    public static TokenGrid even(int steps) {
        return new TokenGrid() {
            @Override
            public int steps() {
                return steps;
            }

            @Override
            public double noise(int i, int n) {
                return 1 - (double) i / n;
            }

            @Override
            public int left(int total, int i, int n) {
                return i >= n - 1 ? 0 : total - (i + 1) * (total / n) - Math.min(i + 1, total % n);
            }
        };
    }
}
