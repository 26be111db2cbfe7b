package io.sampler4j.model.tokens;

import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Query.Stat;
import io.sampler4j.model.NetworkSpec;

/** How an export answers, from dear to cheap. */
enum Form {
    /** Logits of every position. */
    LOGITS,
    /** Logits of the rows asked for. */
    CHOSEN_LOGITS,
    /** Statistics of the rows asked for, reduced in the graph. */
    STATISTICS;

    static Form of(NetworkSpec network) {
        boolean rows = network.inputs().containsKey("rows");
        if (rows && network.outputs().containsKey("token")) return STATISTICS;
        return rows ? CHOSEN_LOGITS : LOGITS;
    }

    /** Whether a network of this form, with these outputs, can answer the question. */
    boolean answers(NetworkSpec network, Query q, boolean guided, boolean hides, boolean hidesAtFirst) {
        if (this != STATISTICS) return network.outputs().containsKey("logits");
        return !guided
                && !hidesAtFirst
                && (!hides || network.inputs().containsKey("bias"))
                && q.temperature() == 0
                && q.topK() == 0
                && q.topP() >= 1
                && !q.wants(Stat.GIVEN)
                && !q.wants(Stat.MASS)
                && (!q.wants(Stat.RUNNER_UP) || network.outputs().containsKey("runnerUp"))
                && (!q.wants(Stat.ENTROPY) || network.outputs().containsKey("entropy"));
    }
}
