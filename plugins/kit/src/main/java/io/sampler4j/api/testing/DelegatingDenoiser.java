package io.sampler4j.api.testing;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Variance;
import org.apiguardian.api.API;

/** Another denoiser's answers and facts, to be changed where a test wants. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public class DelegatingDenoiser implements Denoiser {
    private final Denoiser other;

    /** Answers as that one does. */
    public DelegatingDenoiser(Denoiser other) {
        this.other = other;
    }

    @Override
    public void denoise(Tensor x, NoiseLevel at, Estimate out) {
        other.denoise(x, at, out);
    }

    @Override
    public Estimate estimate(Tensor x) {
        return other.estimate(x);
    }

    @Override
    public NoiseLevel nearest(NoiseLevel at, Coordinates coordinates) {
        return other.nearest(at, coordinates);
    }

    @Override
    public boolean knows(NoiseLevel at) {
        return other.knows(at);
    }

    @Override
    public double lowest() {
        return other.lowest();
    }

    @Override
    public Variance variance() {
        return other.variance();
    }

    @Override
    public double time(NoiseLevel at) {
        return other.time(at);
    }

    @Override
    public NoiseLevel atTime(double time, Coordinates coordinates) {
        return other.atTime(time, coordinates);
    }

    @Override
    public boolean distilled() {
        return other.distilled();
    }
}
