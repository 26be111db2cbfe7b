package io.sampler4j.plugins.llada;

import io.sampler4j.api.token.TokenGrid;

/** As many positions a step as go into the steps, the remainder first (LLaDA's get_num_transfer_tokens): the share of masks falls evenly. */
record LinearCurve(int steps) implements TokenGrid {
    @Override
    public double noise(int i, int n) {
        return 1 - (double) i / n;
    }

    @Override
    public int left(int total, int i, int n) {
        return i >= n - 1 ? 0 : total - (i + 1) * (total / n) - Math.min(i + 1, total % n);
    }
}
