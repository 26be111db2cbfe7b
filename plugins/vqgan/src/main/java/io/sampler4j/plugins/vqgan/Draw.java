package io.sampler4j.plugins.vqgan;

import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import io.sampler4j.api.token.Query;

/** How a code is drawn from its row: the options that both samplers share. */
final class Draw {
    static final Option<Double> TEMPERATURE =
            Option.decimal("temperature", 1, 0, 100, "of the codes: 0 takes the likeliest");
    static final Option<Integer> TOP_K =
            Option.whole("top-k", 0, 0, Integer.MAX_VALUE, "draw among the k likeliest codes; 0 for all");
    static final Option<Double> TOP_P = Option.decimal(
            "top-p", 1, 1e-9, 1, "of the k likeliest, draw among the fewest whose share reaches p; 1 for all");

    private Draw() {}

    /** Temperature, then top-k, then top-p of what is left, as taming-transformers does. */
    static Query query(Options o) {
        return Query.token()
                .temperature(o.get(TEMPERATURE))
                .topK(o.get(TOP_K))
                .topP(o.get(TOP_P))
                .topPWithinTopK();
    }
}
