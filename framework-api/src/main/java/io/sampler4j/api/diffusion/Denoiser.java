package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Tensor;
import org.apiguardian.api.API;

/**
 * What a diffusion sampler calls. Hides the network's parameterization, coordinates, time convention, conditioning,
 * guidance, clipping and batching. The level says in which coordinates x is, so x may be in any. Every call counts as
 * one NFE. Made by the host for one run and confined to its thread.
 *
 * <p>{@link #denoise} blocks while the network runs. It throws {@code CancelledException} when the run was cancelled,
 * {@code DivergedException} when the answer is not finite and {@code NetworkException} when the network fails: a
 * sampler catches none of them.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Denoiser extends Estimator {
    /** Buffers for its answers about an x of this shape. Make them before the loop; make two and swap them to keep history. */
    Estimate estimate(Tensor x);

    /** The nearest level the network knows (EDM's round_sigma), in the given coordinates. */
    NoiseLevel nearest(NoiseLevel at, Coordinates coordinates);

    /**
     * Whether its estimate has a meaning at this level: an epsilon network knows nothing of x0 where alpha = 0, an x0
     * network nothing of eps where sigma = 0.
     */
    boolean knows(NoiseLevel at);

    /** The lowest sigma/alpha that the network was trained for; 0 where there is none. */
    default double lowest() {
        return 0;
    }

    /** What {@link Estimate#variance()} holds. */
    Variance variance();

    /** The network's own time at a level, as the network is told it: an index, t, sigma or c_noise. */
    double time(NoiseLevel at);

    /** The level at the network's own time, in the given coordinates. The inverse of {@link #time}. */
    NoiseLevel atTime(double time, Coordinates coordinates);

    /** Whether the network was distilled to answer in few steps, which consistency samplers require. */
    boolean distilled();
}
