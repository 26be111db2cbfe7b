package io.sampler4j.runtime.run;

import io.sampler4j.onnx.Device;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.random.RandomSource;
import io.sampler4j.runtime.random.RandomSources;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What every request says, whatever the kind of model: how many samples, where, and from which randomness. */
final class Basics {
    private final Request request;
    private final Reasons reasons;
    private final Device device;
    private final RandomSource rng;
    private Batching batching;
    private long seed;

    /** Reads them, with a reason for each that cannot be. */
    Basics(Request request, Reasons reasons) {
        this.request = request;
        this.reasons = reasons;
        device = reasons.collect(() -> Device.parse(request.device())).orElse(null);
        rng = reasons.collect(() -> RandomSources.named(request.rng())).orElse(null);
        reasons.unless(request.count() >= 1, "--count must be 1 or more, got %d", request.count());
        reasons.unless(
                request.steps().isEmpty() || request.steps().getAsInt() >= 1,
                "--steps must be 1 or more, got %s",
                request.steps().isPresent() ? request.steps().getAsInt() : "none");
        reasons.unless(request.threads().isEmpty() || request.threads().getAsInt() >= 1, "--threads must be 1 or more");
        reasons.unless(
                List.of("sample", "batch").contains(request.seedMode()),
                "there is no seed mode \"%s\"; there are sample and batch",
                request.seedMode());
    }

    /** Spreads the samples over calls and threads, once the sampler is known. */
    void spread(boolean onePerRun) {
        int threads = request.threads().orElse(Runtime.getRuntime().availableProcessors());
        batching = Batching.of(
                request.count(),
                request.batch(),
                device,
                threads,
                request.seedMode().equals("batch"),
                onePerRun,
                reasons.refusals());
    }

    /** Chooses the seed, as asked or drawn, once the rest of the plan stands. */
    void chooseSeed() {
        seed = request.seed().orElseGet(() -> ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
        reasons.collect(() -> rng.stream(seed));
        reasons.collect(() -> rng.stream(seed + request.count() - 1));
    }

    /** The draws of a part, from its first on; recorded ones, [draws, count, ...], in place of its own where there are. */
    HostNoise noise(Batching.Part part, Optional<Npy> recorded) {
        return request.seedMode().equals("batch")
                ? HostNoise.overBatch(rng, seed, request.count(), recorded.orElse(null))
                : HostNoise.perSample(rng, seed, part.first(), part.samples(), request.count(), recorded.orElse(null));
    }

    /** How the networks of this run are to be loaded. */
    NetworkOptions network() {
        return new NetworkOptions(device, batching.threadsPerCall());
    }

    Device device() {
        return device;
    }

    RandomSource rng() {
        return rng;
    }

    Batching batching() {
        return batching;
    }

    long seed() {
        return seed;
    }
}
