package io.sampler4j.runtime.run;

import io.sampler4j.api.Refusals;
import io.sampler4j.onnx.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How a run's samples are spread over calls and threads. On a CPU, calls of one thread go side by side, one for each
 * core, and share the samples evenly, a few to a call: a call of a small network has a price of its own
 * (sixteen shipped digits took 1.15 of the reference's time in calls of one, 0.72 in calls of eight), and neither batch
 * nor thread changes a bit. On a GPU the samples go in large batches.
 *
 * @param parts the samples of each part, in order; each part is a run of its own
 * @param workers parts that run at once
 * @param threadsPerCall threads inside one call of the network
 */
record Batching(List<Part> parts, int workers, int threadsPerCall) {
    private static final int GPU_BATCH = 64;
    /** Larger ones gain little more, and the end of a call is where a run can be cancelled. */
    private static final int CPU_BATCH = 8;

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
        int size = onePerRun
                ? 1
                : oneStream
                        ? count
                        : batch.orElse(cpu ? Math.min((count + threads - 1) / threads, CPU_BATCH) : GPU_BATCH);
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
