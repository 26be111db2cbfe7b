package io.sampler4j.api.token;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/**
 * The ids of one request, of which some are given, some masked, some settled. Made by the host, which hears of every change: settling is what streams.
 * A run has one canvas; batching several requests into one network call is the host's business. Confined to the run's thread.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Canvas {
    /** Positions, prompt included. */
    int length();

    /** The id at a position; the mask id where it is masked. */
    int id(int position);

    /** Whether nothing is known of a position yet. */
    boolean masked(int position);

    /** Whether the position was to be filled in this run (masked at the start), settled or not. Prompt positions are not open. */
    boolean open(int position);

    /** Steps reported on this canvas so far, by this run and by those it resumes: the key for {@link CanvasRun#uniform}. */
    int step();

    /** The first open position, or length() where none is. */
    default int firstOpen() {
        int i = 0;
        while (i < length() && !open(i)) i++;
        return i;
    }

    /** Open positions in [from, to). */
    default int openIn(int from, int to) {
        int n = 0;
        for (int i = from; i < to; i++) if (open(i)) n++;
        return n;
    }

    /** Puts a token with its probability. A settled position may be settled again (editing). */
    void settle(int position, int token, double probability);

    /** Masks a settled open position again. */
    void remask(int position);

    /** A hint: until the next call only positions in [from, to) are asked about. Caches live on it; results may not depend on it unless the cache says it is inexact. */
    void focus(int from, int to);
}
