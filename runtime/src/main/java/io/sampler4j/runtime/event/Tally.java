package io.sampler4j.runtime.event;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts runs by how they ended, since the host was opened. Thread-safe; never blocks. */
public final class Tally {
    private final Map<Outcome, LongAdder> ended = new EnumMap<>(Outcome.class);
    private final LongAdder nfe = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private volatile Faults faults = new Faults(0, "");

    /**
     * Faults since the last run that was completed.
     *
     * @param inARow how many
     * @param last what the last one was
     */
    record Faults(int inARow, String last) {}

    Tally() {
        for (Outcome outcome : Outcome.values()) ended.put(outcome, new LongAdder());
    }

    void ended(Outcome outcome, long evaluations, long evaluatedRows, String problem) {
        ended.get(outcome).increment();
        nfe.add(evaluations);
        rows.add(evaluatedRows);
        if (outcome == Outcome.COMPLETED && faults.inARow == 0) return;
        if (outcome != Outcome.COMPLETED && !outcome.isFault()) return;
        synchronized (this) {
            faults = outcome.isFault() ? new Faults(faults.inARow + 1, String.valueOf(problem)) : new Faults(0, "");
        }
    }

    /** Runs that ended so. */
    public long of(Outcome outcome) {
        return ended.get(outcome).sum();
    }

    /** Network evaluations of all completed runs. */
    public long nfe() {
        return nfe.sum();
    }

    /** Rows that networks evaluated in all completed runs. */
    public long rows() {
        return rows.sum();
    }

    Faults faults() {
        return faults;
    }
}
