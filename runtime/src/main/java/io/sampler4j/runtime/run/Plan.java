package io.sampler4j.runtime.run;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Device;
import io.sampler4j.onnx.Network;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.runtime.random.RandomSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A request that was found to work: its components made, its grid laid, its cost known. Holds the network and the
 * plugins it leased until it is closed. May be run any number of times, also at once; every run gives the same samples.
 */
public final class Plan implements AutoCloseable {
    final Request request;
    final ModelDirectory directory;
    final DiffusionModel model;
    final Registry.Made<DiffusionSampler> sampler;
    final Optional<Registry.Made<NoiseScheduler>> scheduler;
    final Optional<Registry.Made<Guidance>> guidance;
    final NoiseGrid grid;
    final Batching batching;
    final Device device;
    final RandomSource rng;
    final long seed;
    final Settings settings;
    final List<Integer> classes;
    final Inputs inputs;
    final Optional<DryRun> dry;
    private final PluginHost.Lease lease;
    private final Network network;
    private boolean closed;

    Plan(
            Request request,
            ModelDirectory directory,
            DiffusionModel model,
            PluginHost.Lease lease,
            Network network,
            Registry.Made<DiffusionSampler> sampler,
            Optional<Registry.Made<NoiseScheduler>> scheduler,
            Optional<Registry.Made<Guidance>> guidance,
            NoiseGrid grid,
            Batching batching,
            Device device,
            RandomSource rng,
            long seed,
            Settings settings,
            List<Integer> classes,
            Inputs inputs,
            Optional<DryRun> dry) {
        this.request = request;
        this.directory = directory;
        this.model = model;
        this.lease = lease;
        this.network = network;
        this.sampler = sampler;
        this.scheduler = scheduler;
        this.guidance = guidance;
        this.grid = grid;
        this.batching = batching;
        this.device = device;
        this.rng = rng;
        this.seed = seed;
        this.settings = settings;
        this.classes = classes;
        this.inputs = inputs;
        this.dry = dry;
    }

    /** The seed of sample 0, as asked or as drawn. */
    public long seed() {
        return seed;
    }

    /** Steps of the grid. */
    public int steps() {
        return grid.steps();
    }

    /** Network evaluations for each sample, as the dry run found them; empty where the sampler adapts. */
    public OptionalInt nfe() {
        return dry.map(d -> OptionalInt.of(d.evaluations())).orElse(OptionalInt.empty());
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

    /** Gives the network and the plugins back. A run that still goes on fails. */
    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        network.close();
        lease.close();
    }
}
