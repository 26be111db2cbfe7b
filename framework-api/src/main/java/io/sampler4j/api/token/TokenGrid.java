package io.sampler4j.api.token;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** How a canvas fills, as a curve over the steps, so that a sampler may run it once per canvas or once per block. Immutable. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.PLUGIN)
public interface TokenGrid {
    /** Steps asked for, over the whole canvas. */
    int steps();

    /** Share of positions masked before step i of n: 1 at 0, 0 at n. */
    double noise(int i, int n);

    /** Of {@code total} open positions, how many may still be masked after step i of n (i from 0); 0 when i >= n - 1. */
    int left(int total, int i, int n);
}
