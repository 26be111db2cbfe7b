package io.sampler4j.api.testing;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseLevel;
import org.apiguardian.api.API;

/** Answers some calls, and throws at the next and at every one after it. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class FailingDenoiser extends DelegatingDenoiser {
    private final RuntimeException failure;
    private int left;

    /**
     * Answers as another does, for a while.
     *
     * @param answers how many calls are answered, 0 or more
     * @param failure what the others throw
     */
    public FailingDenoiser(Denoiser other, int answers, RuntimeException failure) {
        super(other);
        this.failure = failure;
        left = answers;
    }

    @Override
    public void denoise(Tensor x, NoiseLevel at, Estimate out) {
        if (left-- <= 0) throw failure;
        super.denoise(x, at, out);
    }
}
