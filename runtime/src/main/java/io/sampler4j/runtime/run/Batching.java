package io.sampler4j.runtime.run;

import io.sampler4j.api.Refusals;
import io.sampler4j.onnx.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How a run's samples are spread over calls and threads. On a CPU, calls of one sample and one thread go side by side,
 * which was measured to be never slower than bigger batches and changes no bit; on a GPU the samples go in batches.
 *
 * @param parts the samples of each part, in order; each part is a run of its own
 * @param workers parts that run at once
 * @param threadsPerCall threads inside one call of the network
 */
record Batching(List<Part> parts, int workers, int threadsPerCall) {
    private static final int GPU_BATCH = 64;

    /** Samples first to first + samples - 1. */
    record Part(int first, int samples) {}

    static Batching of(
            int count,
            OptionalInt batch,
            Device device,
            int threads,
            boolean oneStream,
            boolean onePerRun,
            Refusals r) {
        r.unless(batch.isEmpty() || batch.getAsInt() >= 1, "--batch must be 1 or more, got %s", text(batch));
        r.unless(
                !oneStream || batch.isEmpty() || batch.getAsInt() >= count,
                "--seed-mode batch draws one stream over all %d samples, so they must go together: "
                        + "leave --batch %s away, or use --seed-mode sample",
                count,
                text(batch));
        r.unless(
                !oneStream || !onePerRun || count == 1,
                "--seed-mode batch draws one stream over all samples, and this sampler takes one sample at a time: "
                        + "use --seed-mode sample");
        boolean cpu = device.provider().equals("cpu");
        int size = onePerRun ? 1 : oneStream ? count : batch.orElse(cpu ? 1 : GPU_BATCH);
        size = Math.max(1, Math.min(size, count));
        List<Part> parts = new ArrayList<>();
        for (int first = 0; first < count; first += size) parts.add(new Part(first, Math.min(size, count - first)));
        int workers = cpu ? Math.max(1, Math.min(parts.size(), threads)) : 1;
        return new Batching(List.copyOf(parts), workers, Math.max(1, threads / workers));
    }

    private static String text(OptionalInt n) {
        return n.isPresent() ? String.valueOf(n.getAsInt()) : "auto";
    }
}
