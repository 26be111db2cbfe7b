package io.sampler4j.api.error;

import io.sampler4j.api.ImplementedBy;
import java.util.List;
import org.apiguardian.api.API;

/** A plan that cannot work, found before the first network call. Holds every reason, not only the first. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public class RefusedException extends SampleException {
    private static final long serialVersionUID = 1;

    private final List<String> reasons;

    /** @param reasons at least one, each a sentence with its remedy */
    public RefusedException(List<String> reasons) {
        super(String.join(System.lineSeparator(), reasons));
        this.reasons = List.copyOf(reasons);
    }

    /** One reason. */
    public RefusedException(String reason) {
        this(List.of(reason));
    }

    /** A reason that something thrown brought about. */
    public RefusedException(String reason, Throwable cause) {
        super(reason, cause);
        this.reasons = List.of(reason);
    }

    /** Every reason why the plan cannot work. */
    public List<String> reasons() {
        return reasons;
    }
}
