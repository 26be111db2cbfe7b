package io.sampler4j.model.tokens;

import io.sampler4j.api.token.Query;
import io.sampler4j.onnx.Slot;
import java.util.HashMap;
import java.util.Map;

/** Reads the logits of a call where they lie, row by row, with what is never answered left out. */
final class LogitReading implements AutoCloseable {
    private final TokenModel model;
    private final double scale;
    private final RowReaders readers;
    private final Map<Query, Hidden> hidden = new HashMap<>();
    private Slot.Values values;
    private Query query;
    private LogitRows in;

    private record Hidden(int[] never, int[] neverFirst) {}

    LogitReading(TokenModel model, double scale, int threads) {
        this.model = model;
        this.scale = scale;
        readers = new RowReaders(threads);
    }

    /** Ids never answered. */
    int[] never(Query query) {
        return hidden(query).never;
    }

    private Hidden hidden(Query query) {
        return hidden.computeIfAbsent(query, q -> new Hidden(model.never(q), model.neverFirst(q)));
    }

    /** The logits of the next rows. */
    void start(Slot.Values logits) {
        values = logits;
        query = null;
        readers.start();
    }

    /**
     * Row i of a question.
     *
     * @param row where its logits are
     * @param other where those of the half asked for nothing are; read under guidance only
     */
    void add(Calls.Asked asked, int i, int row, int other) {
        if (asked.rows().query() != query) {
            query = asked.rows().query();
            Hidden h = hidden(query);
            in = new LogitRows(
                    values, model.tokens().vocabulary(), model.tokens().answered(), scale, h.never, h.neverFirst);
        }
        boolean first = asked.rows().position(i) == asked.x().firstOpen();
        readers.add(in, row, other, first, asked.rows(), i);
    }

    /** Answers all rows that were added. */
    void finish() {
        readers.finish();
    }

    @Override
    public void close() {
        readers.close();
    }
}
