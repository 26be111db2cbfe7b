package io.sampler4j.runtime.plugin.trial;

import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenProcess;
import io.sampler4j.api.token.Vocabulary;
import java.util.Arrays;

/** The perfect network of texts whose tokens are independent and uniform. It answers every query. */
final class UniformModel implements TokenDenoiser, Vocabulary, TokenProcess {
    static final int SIZE = 16, MASK = 16, END = 15;

    private final int open;

    UniformModel(int open) {
        this.open = open;
    }

    @Override
    public Vocabulary vocabulary() {
        return this;
    }

    @Override
    public int size() {
        return SIZE;
    }

    @Override
    public int mask() {
        return MASK;
    }

    @Override
    public boolean ends(int id) {
        return id == END;
    }

    @Override
    public boolean absorbing() {
        return true;
    }

    @Override
    public int open() {
        return open;
    }

    @Override
    public boolean answers(Query query) {
        return true;
    }

    @Override
    public void predict(Canvas x, Rows rows) {
        int[] never = rows.query().without();
        int[] ids = java.util.stream.IntStream.range(0, SIZE)
                .filter(id -> Arrays.stream(never).noneMatch(n -> n == id))
                .toArray();
        if (ids.length == 0) throw new BrokenException("it asks for no id at all", "leave some out of without(...)");
        for (int i = 0; i < rows.size(); i++) {
            int at = rows.query().temperature() > 0 ? (int) (rows.uniform(i) * ids.length) : 0;
            rows.answer(i, ids[Math.min(at, ids.length - 1)], 1.0 / ids.length);
            rows.runnerUp(i, 1.0 / ids.length);
            rows.entropy(i, Math.log(ids.length));
            rows.logMass(i, 0);
            rows.given(i, -Math.log(ids.length));
        }
    }
}
