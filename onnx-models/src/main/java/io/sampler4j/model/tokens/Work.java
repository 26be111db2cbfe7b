package io.sampler4j.model.tokens;

/** What the calls of a network cost so far. Mutable; confined as they are. */
final class Work {
    private long calls;
    private long sequences;
    private long positions;
    private long nanos;

    void add(int batch, int each, long time) {
        calls++;
        sequences += batch;
        positions += (long) batch * each;
        nanos += time;
    }

    /** Network calls. */
    long calls() {
        return calls;
    }

    /** Sequences evaluated, two for each guided canvas. */
    long sequences() {
        return sequences;
    }

    /** Positions that the network computed, over all sequences. */
    long positions() {
        return positions;
    }

    /** Time inside the network. */
    long nanos() {
        return nanos;
    }
}
