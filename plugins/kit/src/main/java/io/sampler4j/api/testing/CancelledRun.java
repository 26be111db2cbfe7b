package io.sampler4j.api.testing;

import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.error.CancelledException;
import org.apiguardian.api.API;

/** A run that is cancelled, by an interrupt of its thread, when it has taken some steps. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class CancelledRun implements TensorRun {
    private final TestRun run;
    private final int steps;
    private final CancelledException cancelled = new CancelledException("cancelled by the kit");

    /** @param steps after how many */
    public CancelledRun(long seed, int steps) {
        run = new TestRun(seed);
        this.steps = steps;
    }

    /** What {@code step} throws. */
    public CancelledException cancelled() {
        return cancelled;
    }

    @Override
    public Noise noise() {
        return run.noise();
    }

    @Override
    public void step(int i, Tensor x) {
        run.step(i, x);
        if (run.steps().size() >= steps) {
            Thread.currentThread().interrupt();
            throw cancelled;
        }
    }
}
