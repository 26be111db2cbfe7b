package io.sampler4j.api.testing;

import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseLevel;
import org.apiguardian.api.API;

/** Insists on its contract: refuses calls from another thread, of no noise level, or about its own buffers. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class CrankyDenoiser extends DelegatingDenoiser {
    private final Thread owner = Thread.currentThread();

    /** Belongs to the thread that makes it. */
    public CrankyDenoiser(Denoiser other) {
        super(other);
    }

    @Override
    public void denoise(Tensor x, NoiseLevel at, Estimate out) {
        need(Thread.currentThread() == owner, "asked on another thread than the run's");
        need(at.ratio() >= 0 && at.alpha() >= 0 && at.sigma() >= 0, "asked at " + at + ", which is no noise level");
        need(x != out.x0() && x != out.eps(), "asked about the buffer that the answer goes to");
        super.denoise(x, at, out);
    }

    private static void need(boolean ok, String found) {
        if (!ok) throw new IllegalArgumentException(found);
    }
}
