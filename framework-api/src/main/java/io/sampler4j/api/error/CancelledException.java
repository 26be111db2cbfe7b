package io.sampler4j.api.error;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** The run was cancelled by its caller, between two steps or inside a network call. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public class CancelledException extends SampleException {
    private static final long serialVersionUID = 1;

    /** @param message who asked, or where the run stood */
    public CancelledException(String message) {
        super(message);
    }
}
