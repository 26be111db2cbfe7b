package io.sampler4j.runtime.run;

import io.sampler4j.model.codec.PictureDecoder;
import io.sampler4j.model.tokens.Front;
import io.sampler4j.model.tokens.TokenBatch;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.tensor.ArrayTensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One execution of a plan for codes: its parts side by side, the pictures of a part in one call. */
final class CodesExecution {
    /** Pictures of a moving path; more would make the file large and the picture no better. */
    private static final int MOST_FRAMES = 60;

    private final CodesPlan plan;
    private final CodesDraft draft;
    private final Progress.Listener listener;
    private final Cancellation cancellation;
    private final int elements;
    private final float[] samples;
    private final Optional<States> frames;
    private final int[] stepsDone;
    private final long started = System.nanoTime();
    private long nfe;
    private long rows;

    CodesExecution(CodesPlan plan, Progress.Listener listener, Cancellation cancellation) {
        this.plan = plan;
        this.listener = listener;
        this.cancellation = cancellation;
        draft = plan.draft;
        elements = plan.sample().size();
        int count = plan.request.count(), steps = plan.steps();
        samples = new float[Math.multiplyExact(count, elements)];
        frames = plan.request.frames() == Request.Frames.NONE
                ? Optional.empty()
                : Optional.of(new States(
                        steps,
                        Math.max(1, (steps + MOST_FRAMES - 1) / MOST_FRAMES),
                        count,
                        plan.sample().shape()));
        stepsDone = new int[plan.basics.batching().parts().size()];
    }

    Made run() {
        SideBySide.run(plan.basics.batching(), cancellation, this::part);
        return new Made(samples, nfe, rows, List.of(), Optional.empty(), frames, Optional.empty());
    }

    private void part(int index, Batching.Part part, Cancellation stop) {
        Cancellation siblings = new Cancellation();
        int threads = plan.basics.batching().threadsPerCall();
        try (Cancellation.Registration tied = stop.onCancel(() -> siblings.cancel("the run was cancelled"));
                PictureDecoder decoder =
                        new PictureDecoder(draft.codec, plan.decoder, draft.rows, draft.columns, siblings);
                TokenBatch batch = new TokenBatch(
                        draft.model, plan.prior, plan.prefill, draft.role, draft.scale, false, threads, siblings)) {
            List<HostCanvas> canvases = new ArrayList<>();
            List<TokenBatch.Member> members = new ArrayList<>();
            List<List<HostCanvas.Saved>> paths = new ArrayList<>();
            for (int k = 0; k < part.samples(); k++) {
                int sample = part.first() + k, place = k;
                List<HostCanvas.Saved> path = new ArrayList<>();
                paths.add(path);
                Front front = draft.fronts.get(sample % draft.fronts.size());
                members.add(batch.join(front, draft.raster));
                HostCanvas canvas = draft.canvas(
                        sample,
                        plan.basics.seed() + sample,
                        () -> {
                            if (frames.isPresent()) path.add(canvases.get(place).save());
                            if (place == 0) progress(index);
                        },
                        siblings);
                canvases.add(canvas);
                if (frames.isPresent()) path.add(canvas.save());
            }
            new TokenRuns(draft.sampler, draft.grid, "picture").together(canvases, members, siblings);
            synchronized (this) {
                nfe += batch.calls();
                rows += batch.sequences();
            }
            for (int k = 0; k < part.samples(); k++) {
                decode(decoder, part.first() + k, canvases.get(k).save(), paths.get(k));
            }
        }
    }

    private void decode(PictureDecoder decoder, int sample, HostCanvas.Saved codes, List<HostCanvas.Saved> path) {
        ArrayTensor pixels = ArrayTensor.zeros(1, elements);
        for (int i = 0; frames.isPresent() && i <= plan.steps(); i++) {
            if (!frames.get().keeps(i)) continue;
            picture(decoder, path.get(Math.min(i, path.size() - 1)), pixels);
            frames.get().put(i, sample, pixels, 1);
        }
        picture(decoder, codes, pixels);
        System.arraycopy(pixels.values(), 0, samples, sample * elements, elements);
    }

    /** Codes not settled yet are decoded as the first of the codebook, and their squares painted grey. */
    private void picture(PictureDecoder decoder, HostCanvas.Saved canvas, ArrayTensor pixels) {
        int[] ids = canvas.ids().clone();
        for (int p = 0; p < ids.length; p++) if (canvas.masked()[p]) ids[p] = 0;
        decoder.decode(List.of(ids), pixels);
        float grey = (float) ((plan.sample().low() + plan.sample().high()) / 2);
        int side = draft.codec.side(), width = draft.columns * side;
        for (int p = 0; p < ids.length; p++) {
            if (!canvas.masked()[p]) continue;
            int corner = p / draft.columns * side * width + p % draft.columns * side;
            for (int row = 0; row < draft.codec.channels() * side; row++) {
                int channel = row / side * draft.rows * side * width;
                int at = channel + corner + row % side * width;
                Arrays.fill(pixels.values(), at, at + side, grey);
            }
        }
    }

    private synchronized void progress(int part) {
        stepsDone[part]++;
        long done = 0;
        int slowest = Integer.MAX_VALUE;
        for (int s : stepsDone) {
            done += s;
            slowest = Math.min(slowest, s);
        }
        long planned = (long) plan.nfe().orElse(0) * stepsDone.length;
        listener.accept(
                new Progress(done, planned, slowest, plan.steps(), Duration.ofNanos(System.nanoTime() - started)));
    }
}
