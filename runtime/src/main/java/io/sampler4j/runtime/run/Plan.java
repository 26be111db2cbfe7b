package io.sampler4j.runtime.run;

import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.Closer;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * A request that was found to work: its components made, its cost known. Holds the networks and the plugins it leased
 * until it is closed. May be run any number of times, also at once; every run gives the same samples.
 */
public final class Plan implements AutoCloseable {
    private final Planned planned;
    private final Closer leases;
    private final Supervision supervision;
    private boolean closed;

    Plan(Planned planned, Closer leases, Supervision supervision) {
        this.planned = planned;
        this.leases = leases;
        this.supervision = supervision;
    }

    /** The seed of sample 0, as asked or as drawn. */
    public long seed() {
        return planned.basics.seed();
    }

    /** Steps of the run: those of the grid, or what a picture's strength leaves of them; 0 where the sampler adapts. */
    public int steps() {
        return planned.steps();
    }

    /** Network evaluations for each sample, as the dry run found them; empty where the sampler adapts. */
    public OptionalInt nfe() {
        return planned.nfe();
    }

    /** Calls of the network over all parts of the batch; 0 where the sampler adapts. */
    public long planned() {
        return (long) nfe().orElse(0) * planned.basics.batching().parts().size();
    }

    /** The sampler's name; the model's, where its network is asked alone. */
    public String sampler() {
        return planned.sampler().map(s -> s.offer().name()).orElseGet(planned.directory::name);
    }

    /** What it makes, as a word: {@code sample}, or {@code latent}. */
    public String product() {
        return planned.product();
    }

    /** Whether its seed has a meaning. */
    public boolean draws() {
        return planned.draws();
    }

    /** How it goes on its way, as a phrase, such as {@code 20 steps} or {@code one call}. */
    public String way() {
        return planned.way();
    }

    /** The jars whose components run: sha256 by the id of the plugin. */
    public SortedMap<String, String> plugins() {
        return Record.plugins(planned);
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
        return supervision.run(about(), cancellation, stop -> new Result(planned, planned.run(progress, stop)));
    }

    /** What is known of its runs. */
    public Supervision.About about() {
        Request request = planned.request;
        return new Supervision.About(
                request.verb().name().toLowerCase(Locale.ROOT),
                planned.directory.name(),
                sampler(),
                request.count(),
                planned(),
                request.profiled(),
                request.deadline());
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
