package io.sampler4j.plugins.vqgan;

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
 * One position after the other, in raster order, each given those before it (Esser et al. 2021, arXiv 2012.09841,
 * section 3.2). One evaluation for each open position; the grid is not followed. Draws: one uniform a position, lane 0.
 */
final class Autoregressive implements TokenSampler {
    static final List<Option<?>> OPTIONS = List.of(Draw.TEMPERATURE, Draw.TOP_K, Draw.TOP_P);

    private final Query query;

    Autoregressive(Options o) {
        query = Draw.query(o);
    }

    @Override
    public Query asks() {
        return query;
    }

    @Override
    public boolean followsGrid() {
        return false;
    }

    @Override
    public void sample(TokenDenoiser D, TokenGrid grid, Canvas x, CanvasRun run) {
        Rows row = new Rows(query, 1);
        for (int p = 0; p < x.length(); p++) {
            if (!x.masked(p)) continue;
            x.focus(p, x.length());
            int step = x.step();
            D.predict(x, row.only(p).draw(run, step));
            x.settle(p, row.token(0), row.probability(0));
            run.step(step, x);
        }
    }
}
