package frozen;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
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
import org.pf4j.Extension;

/** DDIM, its trailing steps, classifier-free guidance and greedy unmasking, as their papers say them. */
@Extension
public final class Frozen implements Contribution {
    static final Option<Double> ETA = Option.decimal("eta", 0, 0, 1, "share of the ancestral noise");
    static final Option<Double> SCALE = Option.decimal("scale", 1, 0, 1000, "weight of the conditional answer");

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(DiffusionSampler.class, "frozen-ddim", Steps::new, ETA)
                        .aliases("FrozenDDIM")
                        .about("DDIM")
                        .source("Song et al. 2021, equation 12")
                        .order(1, 2)
                        .nfePerStep(1),
                Offer.of(NoiseScheduler.class, "frozen-trailing", o -> Frozen::trailing),
                Offer.of(Guidance.class, "frozen-cfg", Weighted::new, SCALE),
                Offer.of(TokenSampler.class, "frozen-greedy", o -> new Greedy()));
    }

    static NoiseGrid trailing(NoiseProcess process, int steps) {
        int n = process.trainingSteps();
        double[] ratios = new double[steps + 1];
        for (int k = 0; k < steps; k++) {
            ratios[k] = process.atTime(Math.rint(n - k * ((double) n / steps)) - 1).ratio();
        }
        return NoiseGrid.of(process.coordinates(), ratios);
    }

    static final class Steps implements DiffusionSampler {
        private final double eta;

        Steps(Options o) {
            eta = o.get(ETA);
        }

        @Override
        public void check(Denoiser model, NoiseGrid grid, Tensor x, Refusals refuse) {
            refuse.unless(!grid.ascends(), "frozen-ddim goes from noise to data only");
        }

        @Override
        public void sample(Denoiser model, NoiseGrid grid, Tensor x, TensorRun run) {
            Estimate e = model.estimate(x);
            Tensor z = x.like();
            for (int i = 0; i < grid.steps(); i++) {
                NoiseLevel t = grid.at(i), s = grid.at(i + 1);
                model.denoise(x, t, e);
                double r = s.ratio() / t.ratio();
                double sd = eta * s.sigma() * Math.sqrt((1 - r) * (1 + r));
                x.set(s.alpha(), e.x0(), Math.sqrt((s.sigma() - sd) * (s.sigma() + sd)), e.eps());
                if (sd > 0) {
                    run.noise().normal(z);
                    x.add(sd, z);
                }
                run.step(i, x, e.x0());
            }
        }
    }

    static final class Weighted implements Guidance {
        private final double w;

        Weighted(Options o) {
            w = o.get(SCALE);
        }

        @Override
        public Estimator guide(Networks networks, Condition wanted, Condition nothing, Tensor like) {
            Estimate c = networks.main().estimate(like), u = networks.main().estimate(like);
            return (x, at, out) -> {
                networks.main().denoise(x, at, List.of(wanted, nothing), List.of(c, u));
                out.set(w, c, 1 - w, u);
            };
        }
    }

    /** Settles the surest position of those that are masked, one in each step. */
    static final class Greedy implements TokenSampler {
        @Override
        public Query asks() {
            return Query.token().with(Query.Stat.PROBABILITY);
        }

        @Override
        public void sample(TokenDenoiser model, TokenGrid grid, Canvas x, CanvasRun run) {
            Rows rows = new Rows(asks(), x.length());
            int open = x.openIn(0, x.length());
            while (rows.masked(x, x.firstOpen(), x.length()).size() > 0) {
                int step = x.step();
                model.predict(x, rows.at((double) rows.size() / open).draw(run, step));
                int best = rows.ranked(rows::probability)[0];
                x.settle(rows.position(best), rows.token(best), rows.probability(best));
                run.step(step, x);
            }
        }
    }
}
