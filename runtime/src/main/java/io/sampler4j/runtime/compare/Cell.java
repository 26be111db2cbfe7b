package io.sampler4j.runtime.compare;

import io.sampler4j.model.SampleSpec;
import io.sampler4j.runtime.measure.Quality;
import io.sampler4j.runtime.run.Record;
import java.util.Optional;

/**
 * One model under one sampler in one number of steps.
 *
 * @param model its name
 * @param sampler the entry's text, or the model's own sampler
 * @param steps as asked, 0 for the model's own number
 * @param made what it made; empty where it was refused or failed
 * @param problem why it made nothing; empty where it did
 */
public record Cell(String model, String sampler, int steps, Optional<Made> made, String problem) {
    /**
     * What a cell made.
     *
     * @param nfe network evaluations for each sample
     * @param seconds wall time of the run of all samples, after one discarded sample of the model, without the loading of
     *     networks and without measuring
     * @param quality by the classifier, if one measures
     * @param shown the first samples, [n, ...] row-major
     * @param spec their shape and range
     * @param record of the run, by which it can be replayed
     */
    public record Made(
            double nfe, double seconds, Optional<Quality> quality, float[] shown, SampleSpec spec, Record record) {}

    static Cell refused(String model, String sampler, int steps, String why) {
        return new Cell(model, sampler, steps, Optional.empty(), why);
    }
}
