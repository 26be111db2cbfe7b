package io.sampler4j.runtime.random;

/** A kind of random generator. Immutable and thread-safe. */
public interface RandomSource {
    /** The name by which it is found, with its options where they differ from the defaults: what a record stores. */
    String name();

    /**
     * A new generator in the state that this seed gives it.
     *
     * @throws io.sampler4j.api.error.RefusedException if this kind has no such seed
     */
    RandomStream stream(long seed);
}
