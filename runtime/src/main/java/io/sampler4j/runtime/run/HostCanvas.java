package io.sampler4j.runtime.run;

import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.CanvasRun;
import io.sampler4j.model.tokens.Uniforms;
import io.sampler4j.onnx.Cancellation;

/** The canvas of one request, and its run: keyed draws, events, cancellation between steps. Confined to the run's thread. */
final class HostCanvas implements Canvas, CanvasRun {
    private final int request;
    private final long seed;
    private final int mask;
    private final int[] ids;
    private final boolean[] open;
    private final boolean[] masked;
    private final double[] probability;
    private final TokenEvent.Listener listener;
    private final Tokenizer.Stream text;
    private final Cancellation cancellation;
    private final Runnable stepped;
    private int step;
    private int told;

    /** @param start what it begins with, which is copied */
    HostCanvas(
            int request,
            long seed,
            int mask,
            Saved start,
            TokenEvent.Listener listener,
            Tokenizer.Stream text,
            Cancellation cancellation) {
        this(request, seed, mask, start, listener, text, () -> {}, cancellation);
    }

    /**
     * One whose ids are no text.
     *
     * @param stepped is told of each step, on the run's thread
     */
    HostCanvas(int request, long seed, int mask, Saved start, Runnable stepped, Cancellation cancellation) {
        this(request, seed, mask, start, TokenEvent.Listener.NONE, NO_TEXT, stepped, cancellation);
    }

    private HostCanvas(
            int request,
            long seed,
            int mask,
            Saved start,
            TokenEvent.Listener listener,
            Tokenizer.Stream text,
            Runnable stepped,
            Cancellation cancellation) {
        this.request = request;
        this.stepped = stepped;
        this.seed = seed;
        this.mask = mask;
        this.listener = listener;
        this.text = text;
        this.cancellation = cancellation;
        ids = start.ids.clone();
        open = start.open.clone();
        masked = start.masked.clone();
        probability = start.probability.clone();
        step = start.step;
    }

    private static final Tokenizer.Stream NO_TEXT = new Tokenizer.Stream() {
        @Override
        public String push(int id) {
            return "";
        }

        @Override
        public String finish() {
            return "";
        }
    };

    /** The state of a canvas: enough to go on from. The arrays are its own. */
    record Saved(int[] ids, boolean[] open, boolean[] masked, double[] probability, int step) {
        static Saved of(int[] ids, int mask) {
            boolean[] open = new boolean[ids.length];
            double[] probability = new double[ids.length];
            for (int p = 0; p < ids.length; p++) {
                open[p] = ids[p] == mask;
                probability[p] = open[p] ? 0 : 1;
            }
            return new Saved(ids, open, open.clone(), probability, 0);
        }
    }

    Saved save() {
        return new Saved(ids.clone(), open.clone(), masked.clone(), probability.clone(), step);
    }

    @Override
    public int length() {
        return ids.length;
    }

    @Override
    public int id(int position) {
        return ids[position];
    }

    @Override
    public boolean masked(int position) {
        return masked[position];
    }

    @Override
    public boolean open(int position) {
        return open[position];
    }

    @Override
    public int step() {
        return step;
    }

    @Override
    public void settle(int position, int token, double p) {
        if (!open[position]) throw new IllegalArgumentException("position " + position + " was given, and stays");
        ids[position] = token;
        masked[position] = false;
        probability[position] = p;
        listener.happened(new TokenEvent(request, position, token, p, step, false, ""));
    }

    @Override
    public void remask(int position) {
        if (!open[position]) throw new IllegalArgumentException("position " + position + " was given, and stays");
        ids[position] = mask;
        masked[position] = true;
        probability[position] = 0;
        listener.happened(new TokenEvent(request, position, -1, 0, step, false, ""));
    }

    /** What lies before the positions asked about is final. */
    @Override
    public void focus(int from, int to) {
        tell(from);
    }

    /** Tells the final tokens before {@code to}, up to the first that is masked. */
    private void tell(int to) {
        for (; told < to && !masked[told]; told++) {
            String more = text.push(ids[told]);
            if (open[told] || !more.isEmpty()) {
                listener.happened(new TokenEvent(request, told, ids[told], probability[told], step, true, more));
            }
        }
    }

    /** The run is over: all that stands is final. */
    void finish() {
        tell(ids.length);
        String more = text.finish();
        if (!more.isEmpty())
            listener.happened(
                    new TokenEvent(request, told - 1, ids[told - 1], probability[told - 1], step, true, more));
    }

    @Override
    public double uniform(int step, int position, int lane) {
        return Uniforms.of(seed, step, position, lane);
    }

    @Override
    public void step(int i, Canvas x) {
        step++;
        stepped.run();
        cancellation.check();
    }
}
