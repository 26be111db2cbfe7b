package io.sampler4j.api.testing;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.Variance;
import org.apiguardian.api.API;

/** The facts of a plain denoiser, of which only the answer is left to say: it knows every level, and its own time is sigma/alpha. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public abstract class TestDenoiser implements Denoiser {
    /** For those that answer. */
    protected TestDenoiser() {}

    @Override
    public Estimate estimate(Tensor x) {
        return Estimate.shapedAs(x);
    }

    @Override
    public NoiseLevel nearest(NoiseLevel at, Coordinates coordinates) {
        return coordinates.at(at.ratio());
    }

    @Override
    public boolean knows(NoiseLevel at) {
        return true;
    }

    @Override
    public Variance variance() {
        return Variance.NONE;
    }

    @Override
    public double time(NoiseLevel at) {
        return at.ratio();
    }

    @Override
    public NoiseLevel atTime(double time, Coordinates coordinates) {
        return coordinates.at(time);
    }

    @Override
    public boolean distilled() {
        return false;
    }
}
