package io.sampler4j.api;

import org.apiguardian.api.API;

/**
 * The loop of a generative method, as a stateless function: it calls {@code model}, follows {@code grid}, and changes {@code x} in place from the start into the sample.
 * Three named instantiations exist; plugins implement those, never this interface itself:
 * {@link io.sampler4j.api.diffusion.DiffusionSampler}, {@link io.sampler4j.api.token.TokenSampler}, {@link io.sampler4j.api.generator.GeneratorSampler}.
 * One instance serves many runs on many threads at once: fields are final and hold options only.
 *
 * @param <D> what the sampler calls
 * @param <G> what it follows
 * @param <X> what it changes
 * @param <R> what it may use of its run
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface Sampler<D, G, X, R extends Run<X>> {
    /**
     * False when only the grid's ends count (adaptive steps) or nothing of it (raster order): then steps or a scheduler given by a user are refused rather than ignored.
     */
    default boolean followsGrid() {
        return true;
    }

    /** Adds a reason for everything about this model, grid and start that cannot work. Must not call the network. */
    default void check(D model, G grid, X start, Refusals refuse) {}

    /**
     * Turns x into a sample. Calls {@code run.step} once after every step, and keeps nothing when it returns. Blocks
     * while networks run; what they and the run throw passes through.
     *
     * @param x the start, owned by the host; the sample when this returns
     */
    void sample(D model, G grid, X x, R run);
}
