package io.sampler4j.runtime.run;

import io.sampler4j.api.error.SampleException;
import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.model.tokens.TokenBatch;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.runtime.Closer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A request for text that was found to work. Holds the network, the tokenizer and the plugins it leased until it is
 * closed. May be run any number of times, also at once; every run gives the same tokens.
 */
public final class TextPlan implements AutoCloseable {
    final TextDraft draft;
    private final Network network;
    private final Closer leases;
    private final Supervision supervision;
    private boolean closed;

    TextPlan(TextDraft draft, Network network, Closer leases, Supervision supervision) {
        this.draft = draft;
        this.network = network;
        this.leases = leases;
        this.supervision = supervision;
    }

    /** The seed of the first text, as asked or as drawn. */
    public long seed() {
        return draft.seed;
    }

    /** How many texts. */
    public int count() {
        return draft.canvases.size();
    }

    /** Turns ids into text and back. Valid until the plan is closed. */
    public Tokenizer tokenizer() {
        return draft.tokenizer;
    }

    /** The ids that text k starts from, those to be found as -1. */
    public int[] start(int k) {
        HostCanvas.Saved c = draft.canvases.get(k);
        int[] ids = c.ids().clone();
        for (int p = 0; p < ids.length; p++) if (c.masked()[p]) ids[p] = -1;
        return ids;
    }

    /** The jars whose components run: sha256 by the id of the plugin. */
    public SortedMap<String, String> plugins() {
        SortedMap<String, String> plugins = new TreeMap<>();
        plugins.put(draft.sampler.plugin().id(), draft.sampler.plugin().sha256());
        draft.scheduler.ifPresent(s -> plugins.put(s.plugin().id(), s.plugin().sha256()));
        return plugins;
    }

    /** Runs it without being told of anything. */
    public TextResult run() {
        return run(TokenEvent.Listener.NONE, new Cancellation());
    }

    /**
     * Runs it, on this thread where there is one text, and on as many more as texts share a call.
     *
     * @throws SampleException if it is cancelled, or its network or plugin fails; canvases to be saved then are
     */
    public TextResult run(TokenEvent.Listener listener, Cancellation cancellation) {
        synchronized (this) {
            if (closed) throw new IllegalStateException("this plan has been closed");
        }
        return supervision.run(about(), cancellation, stop -> texts(listener, stop));
    }

    /** What is known of its runs. */
    public Supervision.About about() {
        return new Supervision.About(
                "text",
                draft.directory.name(),
                draft.sampler.offer().name(),
                count(),
                0,
                draft.request.profiled(),
                draft.request.deadline());
    }

    private TextResult texts(TokenEvent.Listener listener, Cancellation cancellation) {
        Object lock = new Object();
        TokenEvent.Listener one = e -> {
            synchronized (lock) {
                listener.happened(e);
            }
        };
        List<HostCanvas> canvases = new ArrayList<>();
        for (int k = 0; k < draft.canvases.size(); k++) {
            canvases.add(new HostCanvas(
                    k,
                    draft.seed + k,
                    draft.model.tokens().mask().orElse(-1),
                    draft.canvases.get(k),
                    one,
                    draft.tokenizer.stream(),
                    cancellation));
        }
        long started = System.nanoTime();
        long[] counts = new long[3];
        try {
            for (int i = 0; i < canvases.size(); i += draft.batch) {
                List<HostCanvas> part = canvases.subList(i, Math.min(i + draft.batch, canvases.size()));
                together(part, cancellation, counts);
            }
        } finally {
            draft.request
                    .saveCanvas()
                    .ifPresent(f -> Canvases.write(
                            f,
                            draft.directory.sha256(),
                            draft.seed,
                            canvases.stream().map(HostCanvas::save).toList()));
        }
        return new TextResult(
                draft,
                canvases.stream().map(HostCanvas::save).toList(),
                counts[0],
                counts[1],
                counts[2],
                System.nanoTime() - started);
    }

    private void together(List<HostCanvas> part, Cancellation cancellation, long[] counts) {
        boolean pad = draft.components.settings().get("model", TextDraft.PAD);
        Cancellation siblings = new Cancellation();
        try (Cancellation.Registration tied = cancellation.onCancel(() -> siblings.cancel("the run was cancelled"));
                TokenBatch batch =
                        new TokenBatch(draft.model, network, draft.role, draft.scale, pad, draft.threads, siblings)) {
            List<TokenBatch.Member> members = new ArrayList<>();
            for (int k = 0; k < part.size(); k++) members.add(batch.join());
            new TokenRuns(draft.sampler, draft.grid, "text").together(part, members, siblings);
            counts[0] += batch.calls();
            counts[1] += batch.sequences();
            counts[2] += batch.networkNanos();
        }
    }

    /** Gives the network, the tokenizer and the plugins back. A run that still goes on fails. */
    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        leases.close();
    }
}
