package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/**
 * What a network says about the variance of its reverse step, beside the mean. A value, not an enum: more kinds may
 * come, so compare with {@code ==} and refuse what you do not know.
 *
 * <p>Source: Nichol and Dhariwal 2021, section 3.1, equation 15.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Variance {
    /** Nothing: the sampler chooses. */
    public static final Variance NONE = new Variance("none");
    /** {@link Estimate#variance()} is the variance itself, as diffusers' {@code learned} takes it. */
    public static final Variance LEARNED = new Variance("learned");
    /** {@link Estimate#variance()} is v in [-1, 1], between the logarithms of the smallest and the largest variance. */
    public static final Variance LEARNED_RANGE = new Variance("learned-range");

    private final String name;

    private Variance(String name) {
        this.name = name;
    }

    /** Its name, as a user types it. */
    @Override
    public String toString() {
        return name;
    }
}
