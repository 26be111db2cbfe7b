package io.sampler4j.model.tokens;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.Vocabulary;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where runs over one network meet: a call waits until every run that goes on has asked or left, and all are answered
 * by as few network calls as their lengths allow. Thread-safe; each run asks through a denoiser of its own, and must
 * leave when it ends, however it ends.
 */
public final class TokenBatch implements AutoCloseable {
    private final TokenModel model;
    private final boolean guided;
    private final boolean pad;
    private final Calls network;
    private final List<Waiting> waiting = new ArrayList<>();
    private int active;
    private int joined;

    private static final class Waiting {
        private final Calls.Asked asked;
        private Throwable failure;
        private boolean done;

        Waiting(Calls.Asked asked) {
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
        this(model, network, Optional.empty(), role, scale, pad, threads, cancellation);
    }

    /**
     * As above, for a causal network whose cache another one begins.
     *
     * @param prefill a lease of the model's network of the role {@code prefill}, where it has one; the caller's as well
     */
    public TokenBatch(
            TokenModel model,
            Network network,
            Optional<Network> prefill,
            String role,
            double scale,
            boolean pad,
            int threads,
            Cancellation cancellation) {
        this.model = model;
        this.pad = pad;
        guided = scale != 1;
        this.network = model.causal()
                ? new CausalCalls(
                        model, new CausalNetworks(model, role, network, prefill), scale, threads, cancellation)
                : new TokenCalls(model, network, role, scale, threads, cancellation);
    }

    /** The denoiser of one more run over a text. */
    public Member join() {
        return join(Front.NONE, Raster.LINE);
    }

    /**
     * The denoiser of one more run.
     *
     * @param front from {@link TokenModel#front}
     * @param raster from {@link TokenModel#raster}
     * @throws RefusedException if guidance has nothing to compare with
     */
    public synchronized Member join(Front front, Raster raster) {
        if (guided
                && !front.guides()
                && (model.causal() || model.tokens().mask().isEmpty())) {
            throw new RefusedException("guidance compares with what is asked for nothing, and this model has neither a"
                    + " class that means none (classes.null) nor a prompt that can be masked: leave --cfg-scale at 1");
        }
        active++;
        return new Member(joined++, front, raster);
    }

    /** Network calls so far. */
    public synchronized long calls() {
        return network.work().calls();
    }

    /** Sequences the network evaluated: two for each guided canvas. */
    public synchronized long sequences() {
        return network.work().sequences();
    }

    /** Positions the network computed, over all sequences: what a cache spares. */
    public synchronized long positions() {
        return network.work().positions();
    }

    /** Time spent inside the network. */
    public synchronized long networkNanos() {
        return network.work().nanos();
    }

    /** The denoiser of one run. Confined to the run's thread. */
    public final class Member implements TokenDenoiser, AutoCloseable {
        private final int number;
        private final Front front;
        private final Raster raster;
        private boolean left;

        private Member(int number, Front front, Raster raster) {
            this.number = number;
            this.front = front;
            this.raster = raster;
        }

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
            Waiting mine = new Waiting(new Calls.Asked(number, x, front, raster, rows));
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
        // In the order in which they joined, whichever thread came first: a cache knows its sequences by their place.
        waiting.sort(Comparator.comparingInt(w -> w.asked.run()));
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
