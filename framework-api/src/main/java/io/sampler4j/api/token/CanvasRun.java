package io.sampler4j.api.token;

import io.sampler4j.api.ImplementedBy;
import io.sampler4j.api.Run;
import org.apiguardian.api.API;

/** A run over one canvas. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface CanvasRun extends Run<Canvas> {
    /** A uniform in (0, 1) that depends only on (seed, request, step, position, lane): not on batch, threads, or a resume. */
    double uniform(int step, int position, int lane);
}
