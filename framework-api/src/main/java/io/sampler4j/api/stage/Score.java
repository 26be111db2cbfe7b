package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** Log-likelihoods in nats, one per sample, with their standard errors. Immutable. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Score {
    private final double[] nats, standardError;

    private Score(double[] nats, double[] standardError) {
        this.nats = nats.clone();
        this.standardError = standardError.clone();
    }

    /** Without error. The array is copied. */
    public static Score exact(double[] nats) {
        return new Score(nats, new double[nats.length]);
    }

    /** With the standard error of each. The arrays are copied. */
    public static Score estimate(double[] nats, double[] standardError) {
        return new Score(nats, standardError);
    }

    /** How many samples. */
    public int samples() {
        return nats.length;
    }

    /** The log-likelihood of sample i, in nats. */
    public double nats(int i) {
        return nats[i];
    }

    /** Its standard error in nats, 0 where it is exact. */
    public double standardError(int i) {
        return standardError[i];
    }
}
