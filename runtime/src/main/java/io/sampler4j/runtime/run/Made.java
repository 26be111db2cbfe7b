package io.sampler4j.runtime.run;

import java.util.List;
import java.util.Optional;

/**
 * What a run made.
 *
 * @param samples [count, ...], row-major
 * @param nfe network evaluations, over all calls of the run's parts
 * @param rows rows that the networks evaluated: one for each sample and condition
 * @param traces the lines of each part
 * @param states the path, where it was asked for
 * @param frames the path for a moving picture, where it was asked for
 * @param start what the samples were made of, where that was asked for
 */
record Made(
        float[] samples,
        long nfe,
        long rows,
        List<Trace> traces,
        Optional<States> states,
        Optional<States> frames,
        Optional<Start> start) {
    /** What samples were made of, made again part by part, so that it is never held as a whole. */
    interface Start {
        /** @return [samples of the part, ...], row-major, as a new array */
        float[] of(Batching.Part part);
    }
}
