package io.sampler4j.runtime.run;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Variance;
import io.sampler4j.api.error.DivergedException;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.model.diffusion.NetworkDenoiser;
import io.sampler4j.onnx.Cancellation;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * What the sampler calls: an estimator (the network under guidance, clipping and inpainting) with the facts of the network below it,
 * which counts, checks for cancellation and for answers that are not finite, and tells the run's listener. Confined to
 * one thread.
 */
final class HostDenoiser implements Denoiser {
    /** Hears of every evaluation. */
    interface Listener {
        void denoised(int evaluation, int step, Tensor x, NoiseLevel at, Estimate answer);
    }

    private final Estimator estimator;
    private final NetworkDenoiser network;
    private final DiffusionModel model;
    private final Cancellation cancellation;
    private final BooleanSupplier finite;
    private final Listener listener;
    private int evaluations;
    private int step;

    /** @param finite whether all that the networks answered so far was finite */
    HostDenoiser(
            Estimator estimator,
            NetworkDenoiser network,
            DiffusionModel model,
            BooleanSupplier finite,
            Cancellation cancellation,
            Listener listener) {
        this.estimator = estimator;
        this.network = network;
        this.model = model;
        this.cancellation = cancellation;
        this.finite = finite;
        this.listener = listener;
    }

    /** The run has finished this many steps. */
    void stepped(int finished) {
        step = finished;
    }

    @Override
    public void denoise(Tensor x, NoiseLevel at, Estimate out) {
        cancellation.check();
        estimator.denoise(x, at, out);
        requireFinite(at);
        evaluations++;
        listener.denoised(evaluations, step, x, at, out);
    }

    private void requireFinite(NoiseLevel at) {
        if (finite.getAsBoolean()) return;
        throw new DivergedException(
                step,
                String.format(
                        Locale.ROOT,
                        "the network's answer is not finite in step %d (from 0), at sigma/alpha = %.6g, where the network "
                                + "is told time %.6g. Is the checkpoint whole, and does its manifest say the right "
                                + "prediction, process and range? `verify` checks the first, `inspect` shows the rest",
                        step,
                        at.ratio(),
                        time(at)));
    }

    @Override
    public Estimate estimate(Tensor x) {
        return network.estimate(x);
    }

    @Override
    public NoiseLevel nearest(NoiseLevel at, Coordinates coordinates) {
        return network.nearest(at, coordinates);
    }

    @Override
    public boolean knows(NoiseLevel at) {
        return network.knows(at);
    }

    @Override
    public double lowest() {
        return model.process().lowest();
    }

    @Override
    public Variance variance() {
        return model.variance();
    }

    @Override
    public double time(NoiseLevel at) {
        return network.time(at);
    }

    @Override
    public NoiseLevel atTime(double time, Coordinates coordinates) {
        return network.atTime(time, coordinates);
    }

    @Override
    public boolean distilled() {
        return model.distilled();
    }
}
