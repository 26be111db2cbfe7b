package io.sampler4j.api.token;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/**
 * What a token sampler calls: row i of the answer is about the token AT position(i) (shifts of the export are hidden). Guidance, suppressed tokens, caches and batching
 * are behind it: it sees what changed on the canvas since its last call and recomputes no more than it must.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface TokenDenoiser {
    /** Its ids. */
    Vocabulary vocabulary();

    /** Whether this export can answer such a query at all. Asked at plan time; no default, since only the implementer knows. */
    boolean answers(Query query);

    /** Answers rows about x. Does not change x. One network evaluation. Blocks; throws the run's cancellation. */
    void predict(Canvas x, Rows rows);
}
