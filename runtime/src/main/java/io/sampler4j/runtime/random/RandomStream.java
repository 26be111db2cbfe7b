package io.sampler4j.runtime.random;

/** One generator with its state. Confined to one thread. */
public interface RandomStream {
    /** Fills out[from, to) with standard normals: one call of the reference for that many elements. */
    void normal(float[] out, int from, int to);

    /**
     * Fills out[from, to) with uniforms: one call of the reference for that many elements. As there, 0 (torch, numpy) is
     * among them, with a probability of 2^-24 or less.
     */
    void uniform(float[] out, int from, int to);
}
