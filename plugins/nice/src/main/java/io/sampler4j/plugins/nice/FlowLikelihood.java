package io.sampler4j.plugins.nice;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.generator.Flow;
import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import io.sampler4j.api.stage.FlowScorer;
import io.sampler4j.api.stage.Score;
import java.util.List;

/**
 * The log-likelihood by the change of variables (Dinh et al. 2014, equation 3): ln p(x) = ln p(f(x)) + ln|det df/dx|.
 * Exact at every x.
 *
 * <p>A picture of whole levels has no density: each element, taken at the nearest of its {@code levels}, is spread evenly
 * over the level's cell, x = low + (high - low) (k + u) / levels, as in the paper's section 5.1. That is done {@code draws}
 * times; the mean has the standard error that their spread gives. A mean of logarithms is at most the logarithm of the
 * mean, so that the picture's own log-probability is that of the score ({@link Score#logCell()}) or more.
 *
 * <p>One evaluation and one uniform for each draw; with {@code levels=0} one evaluation and none.
 */
final class FlowLikelihood implements FlowScorer {
    static final Option<Integer> LEVELS = Option.whole(
            "levels",
            256,
            0,
            1 << 16,
            "levels of the data, over whose cells it is spread; 0: it is continuous already");
    static final Option<Integer> DRAWS =
            Option.whole("draws", 5, 2, 10_000, "how often it is spread over its cells anew, for a mean and its error");

    private final int levels;
    private final int draws;

    FlowLikelihood(Options o) {
        levels = o.get(LEVELS);
        draws = o.get(DRAWS);
    }

    @Override
    public Score score(Flow f, LatentDistribution latents, Tensor given, TensorRun run) {
        if (levels == 0) {
            double[] nats = nats(f, latents, given, f.latentFor(given));
            run.step(0, given);
            return Score.exact(nats);
        }
        List<Double> range = f.sampleRange();
        if (range.size() != 2) {
            throw new RefusedException("flow needs to know the values of the data that are black and white, or that it "
                    + "is continuous: say levels=0");
        }
        double low = range.get(0), width = (range.get(1) - low) / levels;
        float[] data = level(given, low, range.get(1));
        float[] spread = new float[data.length];
        Tensor x = given.like(), z = f.latentFor(given);
        double[] sum = new double[given.samples()], squares = new double[sum.length];
        for (int d = 0; d < draws; d++) {
            run.noise().uniform(x);
            x.read(spread);
            for (int k = 0; k < spread.length; k++) spread[k] = (float) (low + width * (data[k] + spread[k]));
            x.write(spread);
            double[] nats = nats(f, latents, x, z);
            for (int i = 0; i < sum.length; i++) {
                double before = d == 0 ? 0 : nats[i] - sum[i] / d;
                sum[i] += nats[i];
                squares[i] += before * (nats[i] - sum[i] / (d + 1));
            }
            run.step(d, x);
        }
        double[] error = new double[sum.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= draws;
            error[i] = Math.sqrt(squares[i] / (draws - 1) / draws);
        }
        return Score.estimate(sum, error).inCells(data.length / sum.length * Math.log(width));
    }

    private static double[] nats(Flow f, LatentDistribution latents, Tensor x, Tensor z) {
        double[] nats = new double[x.samples()];
        f.encode(x, z, nats);
        latents.logDensity(z, nats);
        return nats;
    }

    /** The number of each element's nearest level. */
    private float[] level(Tensor given, double low, double high) {
        float[] data = new float[given.size()];
        given.read(data);
        double between = (high - low) / (levels - 1);
        for (int k = 0; k < data.length; k++) {
            data[k] = (float) Math.min(Math.max(Math.rint((data[k] - low) / between), 0), levels - 1);
        }
        return data;
    }
}
