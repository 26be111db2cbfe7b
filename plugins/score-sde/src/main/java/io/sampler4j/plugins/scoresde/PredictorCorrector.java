package io.sampler4j.plugins.scoresde;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Needs;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * Predictor and corrector in VE coordinates (Song et al. 2021, Algorithm 2), with the score s = -eps / sigma:
 *
 * <pre>corrector, Langevin (Algorithm 4): x += e s + sqrt(2 e) z,   e = 2 (snr |z| / |s|)^2
 * predictor, reverse diffusion:       x += (sigma^2 - sigma'^2) s + sqrt(sigma^2 - sigma'^2) z</pre>
 *
 * <p>The corrector's step is each sample's own, from the norms of its own z and s; the reference takes the mean of the
 * norms over the batch, so that there a sample depends on those beside it. The predictor adds no noise in the step to the
 * data. One evaluation per step, and one for each correction. Draws one normal for each correction and each prediction
 * but that to the data.
 */
final class PredictorCorrector implements DiffusionSampler {
    static final Option<Double> SNR = Option.decimal(
            "snr", .15, 1e-4, 10, "signal-to-noise ratio of a correction: the larger, the longer its steps");
    static final Option<Integer> CORRECTIONS =
            Option.whole("correct-steps", 1, 0, 100, "corrections before each prediction");

    private final double snr;
    private final int corrections;

    PredictorCorrector(Options o) {
        snr = o.get(SNR);
        corrections = o.get(CORRECTIONS);
    }

    @Override
    public Needs needs() {
        return Needs.NONE.in(Coordinates.VE);
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        refuse.unless(!grid.ascends(), "ve-pc draws noise: from data to noise take ddim or heun");
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate e = D.estimate(x);
        Tensor z = x.like(), move = x.like();
        int samples = x.samples();
        double[] ofEps = new double[samples], ofZ = new double[samples];
        for (int i = 0; i < grid.steps(); i++) {
            double t = grid.sigma(i), next = grid.sigma(i + 1);
            for (int c = 0; c < corrections; c++) {
                D.denoise(x, grid.at(i), e);
                run.noise().normal(z);
                e.eps().dot(e.eps(), ofEps);
                z.dot(z, ofZ);
                for (int k = 0; k < samples; k++) {
                    // |s|^2 = |eps|^2 / sigma^2. Where the score is 0, so is its pull, and no step is long enough.
                    double step = ofEps[k] > 0 ? 2 * snr * snr * ofZ[k] / ofEps[k] * t * t : 0;
                    ofEps[k] = -step / t;
                    ofZ[k] = Math.sqrt(2 * step);
                }
                x.add(1, move.setEach(ofEps, e.eps(), ofZ, z));
            }
            D.denoise(x, grid.at(i), e);
            double g = (t - next) * (t + next);
            x.add(-g / t, e.eps());
            if (next > 0) {
                run.noise().normal(z);
                x.add(Math.sqrt(g), z);
            }
            run.step(i, x, e.x0());
        }
    }
}
