package io.sampler4j.api.error;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** A network could not be loaded, does not match its manifest, or failed while it ran. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public class NetworkException extends SampleException {
    private static final long serialVersionUID = 1;

    /** @param message which network, and what it said */
    public NetworkException(String message) {
        super(message);
    }

    /** @param cause what the network layer threw */
    public NetworkException(String message, Throwable cause) {
        super(message, cause);
    }
}
