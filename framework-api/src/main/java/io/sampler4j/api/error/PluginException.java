package io.sampler4j.api.error;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** A plugin broke its contract: it threw what the API does not let it throw. The cause is what it threw. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public class PluginException extends SampleException {
    private static final long serialVersionUID = 1;

    /** @param message which component of which plugin, and what it did @param cause what it threw */
    public PluginException(String message, Throwable cause) {
        super(message, cause);
    }
}
