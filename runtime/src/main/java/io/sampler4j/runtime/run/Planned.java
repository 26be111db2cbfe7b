package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.plugin.Registry;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A request that was found to work, whatever the kind of its model: its components made, its samples spread over calls, its
 * cost known. A kind of model has its own. Immutable; may be run any number of times, also at once.
 */
abstract class Planned {
    final Request request;
    final ModelDirectory directory;
    final Basics basics;
    final Settings settings;
    /** The classes of samples 0, 1, ..., to be repeated; none where none was asked for. */
    final List<Integer> classes;

    Planned(Request request, ModelDirectory directory, Basics basics, Settings settings, List<Integer> classes) {
        this.request = request;
        this.directory = directory;
        this.basics = basics;
        this.settings = settings;
        this.classes = classes;
    }

    /** What runs; none where a network is asked alone. */
    abstract Optional<? extends Registry.Made<?>> sampler();

    /** Steps of the run; 0 where the sampler has its own, other ones for each sample. */
    abstract int steps();

    /** What it makes, as a word. */
    String product() {
        return "sample";
    }

    /** Whether its seed has a meaning. */
    boolean draws() {
        return true;
    }

    /** How it goes on its way, as a phrase: {@code 20 steps}. */
    String way() {
        return steps() > 0 ? steps() + " steps" : "steps of its own";
    }

    /** Network evaluations for each part of the batch; empty where the sampler finds out as it goes. */
    abstract OptionalInt nfe();

    /** Shape and range of what it makes. */
    SampleSpec sample() {
        return directory.manifest().sample().orElseThrow();
    }

    /** Whether what it makes are whole numbers, such as codes. */
    boolean makesWholeNumbers() {
        return false;
    }

    /** How near what it made comes to what it was given, in dB, for each sample; none where that has no meaning. */
    double[] psnr(float[] made) {
        return new double[0];
    }

    /** Runs it, on this thread and as many more as its batching says. */
    abstract Made run(Progress.Listener progress, Cancellation cancellation);

    /** Adds to a record what this kind of model has beside what all have. */
    abstract void describe(ObjectNode record);
}
