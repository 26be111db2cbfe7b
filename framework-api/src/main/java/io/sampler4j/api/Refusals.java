package io.sampler4j.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;

/**
 * Collects every reason why a plan cannot work, so that a user sees all of them at once, before the first network call.
 * A reason says what was expected, what was found and how to mend it. Confined to one thread.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Refusals {
    private final List<String> reasons = new ArrayList<>();

    /** An empty collection. */
    public Refusals() {}

    /**
     * Adds a reason unless the condition holds.
     *
     * @param message a format of {@link String#format}, filled in the root locale
     */
    public Refusals unless(boolean ok, String message, Object... args) {
        if (!ok) reasons.add(String.format(Locale.ROOT, message, args));
        return this;
    }

    /** The reasons so far, in order; empty where nothing speaks against the plan. */
    public List<String> reasons() {
        return List.copyOf(reasons);
    }
}
