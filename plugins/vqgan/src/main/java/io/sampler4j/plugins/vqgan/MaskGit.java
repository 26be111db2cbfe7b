package io.sampler4j.plugins.vqgan;

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
import java.util.List;

/**
 * MaskGIT's parallel decoding (Chang et al. 2022, arXiv 2202.04200, section 3.2): draw every masked position at once,
 * keep the most confident, leave as many masked as the schedule says. Confidence is ln p of the drawn code plus Gumbel
 * noise whose temperature falls to 0 over the run. At least one position settles in a step, and one is left for every
 * later step; where only one is left, the steps up to the last would settle nothing, and are not made. One evaluation a
 * step. Draws per masked row: lane 0 the code, lane 1 the noise.
 */
final class MaskGit implements TokenSampler {
    static final Option<Double> CHOICE_TEMPERATURE = Option.decimal(
            "choice-temperature", 4.5, 0, 1e6, "of Gumbel noise on the confidence, falling to 0; 0 for none");
    static final List<Option<?>> OPTIONS = List.of(CHOICE_TEMPERATURE, Draw.TEMPERATURE, Draw.TOP_K, Draw.TOP_P);

    private final Query query;
    private final double choiceTemperature;

    MaskGit(Options o) {
        query = Draw.query(o);
        choiceTemperature = o.get(CHOICE_TEMPERATURE);
    }

    @Override
    public Query asks() {
        return query;
    }

    @Override
    public void check(TokenDenoiser D, TokenGrid grid, Canvas x, Refusals refuse) {
        refuse.unless(
                D.vocabulary().mask() >= 0,
                "maskgit asks about all masked positions at once, and this network knows no mask (a causal prior): use"
                        + " autoregressive");
    }

    @Override
    public void sample(TokenDenoiser D, TokenGrid grid, Canvas x, CanvasRun run) {
        Rows rows = new Rows(query, x.length());
        int open = x.openIn(0, x.length()), N = grid.steps();
        while (rows.masked(x, 0, x.length()).size() > 0) {
            int masked = rows.size(), step = x.step();
            int i = masked == 1 ? N - 1 : Math.min(step, N - 1);
            int left = i == N - 1 ? 0 : Math.max(1, Math.min(masked - 1, grid.left(open, i, N)));
            double tau = choiceTemperature * (1 - (i + 1.0) / N);
            D.predict(x, rows.at(grid.noise(i, N)).draw(run, step));
            int[] best = rows.ranked(r -> confidence(rows, r, tau, run, step));
            for (int k = 0; k < masked - left; k++) {
                x.settle(rows.position(best[k]), rows.token(best[k]), rows.probability(best[k]));
            }
            run.step(step, x);
        }
    }

    private static double confidence(Rows rows, int r, double tau, CanvasRun run, int step) {
        double c = Math.log(rows.probability(r));
        return tau == 0 ? c : c - tau * Math.log(-Math.log(run.uniform(step, rows.position(r), 1)));
    }
}
