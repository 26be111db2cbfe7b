package io.sampler4j.plugins.ddpm;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import io.sampler4j.api.stage.DiffusionScorer;
import io.sampler4j.api.stage.Score;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;

/**
 * The variational bound of DDPM (Ho et al. 2020, equation 5): how many nats a picture of whole grey levels costs at
 * most, as
 *
 * <pre>L_T + sum over t of L_(t-1) + L_0</pre>
 *
 * where L_T is the divergence of q(x_T | x_0) from the standard normal, L_(t-1) that of the posterior
 * q(x_(t-1) | x_t, x_0) of equation 7 from the network's step, and L_0 the cost of the picture itself under the
 * discretized normal of equation 13, whose outermost levels reach to infinity. Its variance is beta-tilde of the second
 * step, since that of the first is 0, as in the reference. Data is taken at the nearest of its {@code levels}.
 *
 * <p>With x_t = alpha_t x_0 + sigma_t eps in VP coordinates and c = 1 - (ratio_s / ratio_t)^2, the means of the two steps
 * differ by alpha_s c (x_0 - x_0hat), so that each L_(t-1) is the divergence of two normals in closed form.
 *
 * <p>Each term is estimated with two draws of eps, L_0 with several; the standard error is that of these draws, found from
 * how far they lie apart. {@code terms} draws two of the steps in each of that many equal parts of them instead
 * (unbiased; the error is then also that of the choice of steps, and may be too small where terms are few).
 *
 * <p>Two evaluations for each of the T - 1 steps or of the terms, and those of L_0. Draws one normal before each, and a
 * uniform before those whose t is drawn.
 */
final class DdpmBound implements DiffusionScorer {
    static final Option<Integer> TERMS = Option.whole(
            "terms",
            0,
            0,
            Integer.MAX_VALUE,
            "how many equal parts of the steps are evaluated, each at two steps drawn at random; 0: every step is");
    static final Option<Integer> LEVELS =
            Option.whole("levels", 256, 2, 1 << 16, "grey levels of the data: 256 for pictures of 8 bits");

    /** What one draw more costs is little beside the steps, and the variance of L_0 is large beside that of one of them. */
    private static final int DECODER_DRAWS = 8;

    private static final int DRAWS = 2;

    private final int terms;
    private final int levels;
    private final String variance;

    DdpmBound(Options o) {
        terms = o.get(TERMS);
        levels = o.get(LEVELS);
        variance = o.get(Ddpm.VARIANCE);
    }

    /** Where t is drawn, each sample has its own, and a call has one level. */
    @Override
    public Needs needs() {
        return terms > 0 ? Needs.NONE.onePerRun() : Needs.NONE;
    }

    @Override
    public Score score(Denoiser D, NoiseProcess q, Tensor given, TensorRun run) {
        check(D, q);
        Bound bound = new Bound(D, q, given, run);
        Estimates total = new Estimates(given.samples());
        int T = q.trainingSteps(), K = terms == 0 ? T - 1 : Math.min(terms, T - 1);
        for (int k = 0; k < K; k++) {
            int from = part(k, K, T), to = part(k + 1, K, T);
            total.add(to - from, DRAWS, () -> bound.step(bound.draw(from, to)));
            run.step(k, bound.x0);
        }
        total.add(1, DECODER_DRAWS, bound::decoder);
        run.step(K, bound.x0);
        double[] prior = bound.prior(), nats = new double[prior.length], error = new double[prior.length];
        for (int i = 0; i < nats.length; i++) {
            nats[i] = -(prior[i] + total.sum[i]);
            error[i] = Math.sqrt(total.variance[i]);
        }
        return Score.estimate(nats, error);
    }

    private void check(Denoiser D, NoiseProcess q) {
        if (q.trainingSteps() == 0) {
            throw new RefusedException(
                    "ddpm bounds the likelihood of a chain of discrete training steps, and this model "
                            + "was trained on continuous noise levels, which have no such chain: score a model whose process has "
                            + "betas");
        }
        if (q.trainingSteps() < 2) {
            throw new RefusedException("ddpm needs 2 training steps or more, got " + q.trainingSteps());
        }
        if (q.sampleRange().size() != 2) {
            throw new RefusedException("ddpm needs to know the values of the data that are black and white");
        }
        String learned = D.variance().toString();
        if (variance.startsWith("learned") && !learned.equals(variance)) {
            throw new RefusedException("variance=" + variance + ", but the network's variance output is " + learned
                    + ": use variance=auto, small or large");
        }
    }

    /** The first step of part k of K: 1 to T - 1, split as evenly as it goes. */
    private static int part(int k, int K, int T) {
        return 1 + (int) ((long) k * (T - 1) / K);
    }

    /** A sum of terms, each the mean of some draws, with the variance of these means; per sample. */
    private static final class Estimates {
        private final double[] sum;
        private final double[] variance;

        Estimates(int samples) {
            sum = new double[samples];
            variance = new double[samples];
        }

        void add(double weight, int draws, Supplier<double[]> term) {
            double[][] drawn = new double[draws][];
            for (int d = 0; d < draws; d++) drawn[d] = term.get();
            for (int i = 0; i < sum.length; i++) {
                double mean = 0, squares = 0;
                for (double[] one : drawn) mean += one[i] / draws;
                for (double[] one : drawn) squares += (one[i] - mean) * (one[i] - mean);
                sum[i] += weight * mean;
                variance[i] += weight * weight * squares / (draws - 1) / draws;
            }
        }
    }

    /** The terms for one batch, per sample. */
    private final class Bound {
        private final Denoiser D;
        private final NoiseProcess q;
        private final TensorRun run;
        private final Tensor x0;
        private final Tensor x;
        private final Estimate e;
        private final LogVariance logVariance;
        private final double low;
        private final double width;
        private final float[] data;
        private final float[] believed;
        private final float[] v;

        Bound(Denoiser D, NoiseProcess q, Tensor given, TensorRun run) {
            this.D = D;
            this.q = q;
            this.run = run;
            low = q.sampleRange().get(0);
            width = (q.sampleRange().get(1) - low) / (levels - 1);
            data = new float[given.size()];
            believed = new float[given.size()];
            v = new float[given.size()];
            given.read(data);
            for (int k = 0; k < data.length; k++) {
                data[k] = (float) (low + width * Math.min(Math.max(Math.rint((data[k] - low) / width), 0), levels - 1));
            }
            x0 = given.like();
            x0.write(data);
            x = given.like();
            e = D.estimate(x);
            logVariance = LogVariance.of(variance.equals("auto") ? D.variance().toString() : variance);
        }

        /** A step of [from, to). */
        int draw(int from, int to) {
            if (to - from == 1) return from;
            run.noise().uniform(x);
            x.read(v);
            return Math.min(Math.max(from + (int) (v[0] * (to - from)), from), to - 1);
        }

        private NoiseLevel level(int t) {
            return Coordinates.VP.at(q.atTime(t).ratio());
        }

        /** L_T: each element's divergence of N(alpha x0, sigma^2) from N(0, 1). */
        double[] prior() {
            NoiseLevel T = level(q.trainingSteps() - 1);
            double s2 = T.sigma() * T.sigma();
            return sums(k -> (s2 + Math.pow(T.alpha() * data[k], 2) - 1 - Math.log(s2)) / 2);
        }

        /** L_(t-1), for the step from t to s = t - 1. */
        double[] step(int t) {
            NoiseLevel from = level(t), to = level(t - 1);
            double c = 1 - Math.pow(to.ratio() / from.ratio(), 2), gap = to.alpha() * c;
            double small = Math.log(to.sigma() * to.sigma() * c), large = Math.log(from.sigma() * from.sigma() * c);
            believe(from);
            return sums(k -> {
                double log = logVariance.of(v[k], small, large), d = gap * (data[k] - believed[k]);
                return (log - small - 1 + Math.exp(small - log) + d * d * Math.exp(-log)) / 2;
            });
        }

        /** L_0: minus the logarithm of the probability of each element's own level. */
        double[] decoder() {
            NoiseLevel first = level(0), second = level(1);
            double c = 1 - Math.pow(first.ratio() / second.ratio(), 2);
            double small = Math.log(first.sigma() * first.sigma() * c), large = Math.log(first.sigma() * first.sigma());
            boolean learned = variance.startsWith("learned") || variance.equals("auto");
            double top = low + width * (levels - 1);
            believe(first);
            return sums(k -> {
                double sd = Math.exp((learned ? logVariance.of(v[k], small, large) : small) / 2);
                double d = data[k] - believed[k];
                double a = data[k] < low + width / 2 ? Double.NEGATIVE_INFINITY : (d - width / 2) / sd;
                double b = data[k] > top - width / 2 ? Double.POSITIVE_INFINITY : (d + width / 2) / sd;
                return -Normal.logBetween(a, b);
            });
        }

        /** What the network takes for the data, where it is under new noise. */
        private void believe(NoiseLevel at) {
            run.noise().normal(x);
            x.set(at.alpha(), x0, at.sigma(), x);
            D.denoise(x, at, e);
            e.x0().read(believed);
            e.variance().ifPresent(t -> t.read(v));
        }

        private double[] sums(IntToDoubleFunction term) {
            double[] sums = new double[x0.samples()];
            int each = data.length / sums.length;
            for (int k = 0; k < data.length; k++) sums[k / each] += term.applyAsDouble(k);
            return sums;
        }
    }
}
