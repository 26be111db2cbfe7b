package io.sampler4j.runtime.run;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Device;
import io.sampler4j.runtime.Closer;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.runtime.random.RandomSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A request that was found to work: its components made, its grid laid, its cost known. Holds the networks and
 * the plugins it leased until it is closed. May be run any number of times, also at once; every run gives the same samples.
 */
public final class Plan implements AutoCloseable {
    final Request request;
    final ModelDirectory directory;
    final DiffusionModel model;
    final Registry.Made<DiffusionSampler> sampler;
    final Optional<Registry.Made<NoiseScheduler>> scheduler;
    final Optional<Registry.Made<Guidance>> guidance;
    /** The models that guidance asks beside the run's own, by the option that names each. */
    final Map<String, OtherModel> others;
    /** The whole of the schedule, of which the run follows the part from {@link #start} on. */
    final NoiseGrid levels;
    /** The step it starts at: 0, but with a picture to start from. */
    final int start;
    /** How much of that picture is made new. */
    final double strength;

    final NoiseGrid grid;
    /** The level that x starts at, in the coordinates it starts in. */
    final NoiseLevel first;
    /** What runs: the sampler, after an exact first step where it cannot start in pure noise. */
    final DiffusionSampler loop;

    final Batching batching;
    final Device device;
    final RandomSource rng;
    final long seed;
    final Settings settings;
    final List<Integer> classes;
    final Inputs inputs;
    final Optional<DryRun> dry;
    private final Closer leases;
    private boolean closed;

    Plan(DiffusionDraft draft, Closer leases) {
        request = draft.request;
        directory = draft.directory;
        model = draft.model;
        sampler = draft.sampler;
        scheduler = draft.scheduler;
        guidance = draft.guidance;
        others = draft.others;
        levels = draft.levels;
        start = draft.start;
        strength = draft.strength;
        grid = draft.grid;
        first = draft.first;
        loop = draft.loop;
        batching = draft.basics.batching();
        device = draft.basics.device();
        rng = draft.basics.rng();
        seed = draft.basics.seed();
        settings = draft.components.settings();
        classes = draft.classes;
        inputs = draft.inputs;
        dry = draft.dry;
        this.leases = leases;
    }

    /** The seed of sample 0, as asked or as drawn. */
    public long seed() {
        return seed;
    }

    /** Steps of the run: those of the grid, or what a picture's strength leaves of them; 0 where the sampler adapts. */
    public int steps() {
        return adapts() ? 0 : grid.steps();
    }

    /** Whether the sampler chooses its own steps, of which the grid says the ends only. */
    boolean adapts() {
        return !sampler.component().followsGrid();
    }

    /** Network evaluations for each sample, as the dry run found them; empty where the sampler adapts. */
    public OptionalInt nfe() {
        if (grid.steps() == 0) return OptionalInt.of(0);
        return dry.map(d -> OptionalInt.of(d.evaluations())).orElse(OptionalInt.empty());
    }

    /** Calls of the network over all parts of the batch; 0 where the sampler adapts. */
    public long planned() {
        return (long) nfe().orElse(0) * batching.parts().size();
    }

    /** The noise levels, in the coordinates in which the sampler works. */
    public NoiseGrid grid() {
        return grid;
    }

    /** The sampler's name. */
    public String sampler() {
        return sampler.offer().name();
    }

    /**
     * Runs it, on this thread and as many more as it planned.
     *
     * @throws io.sampler4j.api.error.SampleException if it is cancelled, diverges, or its network or plugin fails
     */
    public Result run(Progress.Listener progress, Cancellation cancellation) {
        synchronized (this) {
            if (closed) throw new IllegalStateException("this plan has been closed");
        }
        return new Execution(this, progress, cancellation).run();
    }

    /** Runs it without being told of progress. */
    public Result run() {
        return run(Progress.Listener.NONE, new Cancellation());
    }

    /** Gives the networks and the plugins back. A run that still goes on fails. */
    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        leases.close();
    }
}
