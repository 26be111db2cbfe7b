package io.sampler4j.api.token;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** The corruption a token model was trained under. Made by the host from the manifest. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface TokenProcess {
    /** Whether corruption masks; otherwise it replaces by uniform ids. */
    boolean absorbing();

    /** Open positions of this request. */
    int open();
}
