package io.sampler4j.model.tokens;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.Vocabulary;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import java.util.ArrayList;
import java.util.List;

/**
 * Where runs over one network meet: a call waits until every run that goes on has asked or left, and all are answered
 * by as few network calls as their lengths allow. Thread-safe; each run asks through a denoiser of its own, and must
 * leave when it ends, however it ends.
 */
public final class TokenBatch implements AutoCloseable {
    private final TokenModel model;
    private final boolean guided;
    private final boolean pad;
    private final TokenCalls network;
    private final List<Waiting> waiting = new ArrayList<>();
    private int active;

    private static final class Waiting {
        private final TokenCalls.Asked asked;
        private Throwable failure;
        private boolean done;

        Waiting(TokenCalls.Asked asked) {
            this.asked = asked;
        }
    }

    /**
     * A meeting place.
     *
     * @param network a lease of the model's network of this role, which stays the caller's
     * @param role from {@link TokenModel#role}
     * @param scale of unsupervised classifier-free guidance, 1 for none: the paper's w + 1
     * @param pad whether canvases of unlike lengths share a call, filled up to the longest; the network must honour the
     *     attention mask, and the last digits of an answer may then depend on the others
     * @param threads for reading logits
     */
    public TokenBatch(
            TokenModel model,
            Network network,
            String role,
            double scale,
            boolean pad,
            int threads,
            Cancellation cancellation) {
        this.model = model;
        this.pad = pad;
        guided = scale != 1;
        this.network = new TokenCalls(model, network, role, scale, threads, cancellation);
    }

    /** The denoiser of one more run. */
    public synchronized Member join() {
        active++;
        return new Member();
    }

    /** Network calls so far. */
    public synchronized long calls() {
        return network.calls();
    }

    /** Sequences the network evaluated: two for each guided canvas. */
    public synchronized long sequences() {
        return network.sequences();
    }

    /** Time spent inside the network. */
    public synchronized long networkNanos() {
        return network.nanos();
    }

    /** The denoiser of one run. Confined to the run's thread. */
    public final class Member implements TokenDenoiser, AutoCloseable {
        private boolean left;

        private Member() {}

        @Override
        public Vocabulary vocabulary() {
            return model.vocabulary();
        }

        @Override
        public boolean answers(Query query) {
            return model.role(query, guided).isPresent();
        }

        @Override
        public void predict(Canvas x, Rows rows) {
            Waiting mine = new Waiting(new TokenCalls.Asked(x, rows));
            synchronized (TokenBatch.this) {
                waiting.add(mine);
                TokenBatch.this.notifyAll();
                while (!mine.done) {
                    if (waiting.size() == active) meet();
                    else pause(mine);
                }
            }
            if (mine.failure instanceof RuntimeException e) throw e;
            if (mine.failure instanceof Error e) throw e;
        }

        private void pause(Waiting mine) {
            try {
                TokenBatch.this.wait();
            } catch (InterruptedException e) {
                waiting.remove(mine);
                Thread.currentThread().interrupt();
                throw new CancelledException("the thread of the run was interrupted");
            }
        }

        /** Leaves: the others wait for this run no longer. A second call does nothing. */
        @Override
        public void close() {
            synchronized (TokenBatch.this) {
                if (left) return;
                left = true;
                active--;
                TokenBatch.this.notifyAll();
            }
        }
    }

    private void meet() {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        Throwable failure = null;
        try {
            network.answer(all.stream().map(w -> w.asked).toList(), pad);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        for (Waiting w : all) {
            w.failure = failure;
            w.done = true;
        }
        notifyAll();
    }

    /** Frees the buffers; the network is its lender's. */
    @Override
    public synchronized void close() {
        network.close();
    }
}
