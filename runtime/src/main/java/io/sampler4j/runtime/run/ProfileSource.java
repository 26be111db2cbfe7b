package io.sampler4j.runtime.run;

/** Fills in what a request leaves to the name of a profile. Thread-safe; never blocks. */
@FunctionalInterface
public interface ProfileSource {
    /**
     * The request with what stands behind its profile's name; the same where it names none.
     *
     * @throws io.sampler4j.api.error.RefusedException if there is no such profile, it does not serve the request's model, or
     *     both say the same thing
     */
    <R extends RunRequest<R>> R apply(R request);
}
