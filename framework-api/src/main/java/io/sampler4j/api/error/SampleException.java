package io.sampler4j.api.error;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/**
 * The root of what a run, or its plan, ends with when it does not end with a sample. The message says what was
 * expected, what was found and how to mend it, in one or a few lines that a user may read as they are. Not sealed: a
 * caller's {@code catch} must not break when a further kind comes.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public class SampleException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message what was expected, what was found, how to mend it */
    protected SampleException(String message) {
        super(message);
    }

    /** @param cause what brought it about, for those who look deeper */
    protected SampleException(String message, Throwable cause) {
        super(message, cause);
    }
}
