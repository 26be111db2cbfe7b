package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** Log-likelihoods in nats, one per sample; standardError 0 when exact. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Score {
    private final double[] nats, standardError;

    private Score(double[] nats, double[] standardError) {
        this.nats = nats.clone();
        this.standardError = standardError.clone();
    }

    public static Score exact(double[] nats) {
        return new Score(nats, new double[nats.length]);
    }

    public static Score estimate(double[] nats, double[] standardError) {
        return new Score(nats, standardError);
    }

    public double nats(int i) {
        return nats[i];
    }

    public double standardError(int i) {
        return standardError[i];
    }
}
