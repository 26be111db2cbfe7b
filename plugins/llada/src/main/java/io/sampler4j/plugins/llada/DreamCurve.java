package io.sampler4j.plugins.llada;

import io.sampler4j.api.token.TokenGrid;

/**
 * Dream's quota (Ye et al. 2025, arXiv 2508.15487): times fall evenly from 1 to {@code eps}, and of the masks that are
 * left, the whole part of {@code masks (1 - s/t)} settles; all in the last step. In float32, as the reference computes it,
 * for the truncation makes the last digit count.
 */
record DreamCurve(int steps, float eps) implements TokenGrid {
    @Override
    public double noise(int i, int n) {
        return i >= n ? 0 : time(i, n);
    }

    @Override
    public int left(int total, int i, int n) {
        if (i >= n - 1) return 0;
        int masks = total;
        for (int k = 0; k <= i; k++) masks -= (int) (masks * (1 - time(k + 1, n) / time(k, n)));
        return masks;
    }

    /** torch.linspace(1, eps, n + 1): from the nearer end. */
    private float time(int k, int n) {
        float step = (eps - 1) / n;
        return k < (n + 1) / 2 ? 1 + step * k : eps - step * (n - k);
    }
}
