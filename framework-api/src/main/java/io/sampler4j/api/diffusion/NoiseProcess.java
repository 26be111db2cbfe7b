package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import java.util.List;
import org.apiguardian.api.API;

/**
 * The noise process a model was trained under: which noise levels it knows, and how its own time counts them. Made by
 * the host from the manifest; read by schedulers. Immutable and thread-safe.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface NoiseProcess {
    /** The coordinates in which the network was trained. */
    Coordinates coordinates();

    /** The lowest noise the network knows, as sigma/alpha. */
    double lowest();

    /** The highest noise the network knows, as sigma/alpha; infinite for flow matching and zero terminal SNR. */
    double highest();

    /** The nearest sigma/alpha that the network knows (EDM's round_sigma): the level itself, unless it knows whole indices only. */
    default double nearest(double ratio) {
        return ratio;
    }

    /** Training steps of a discrete process, 0 for a continuous one. */
    int trainingSteps();

    /**
     * The level at the model's own time: a training index in [0, trainingSteps() - 1] for a discrete process (fractions
     * interpolate linearly in sigma/alpha); for a continuous one t in [0, 1], or sigma/alpha itself where it has no t.
     *
     * @throws IllegalArgumentException if the process has no such time
     */
    NoiseLevel atTime(double time);

    /** The shape of one sample, without the batch: what a shift that depends on the picture's size reads. */
    List<Integer> sampleShape();

    /** The values of the data that are black and white; empty where nothing says so. */
    default List<Double> sampleRange() {
        return List.of();
    }
}
