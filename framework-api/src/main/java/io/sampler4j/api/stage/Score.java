package io.sampler4j.api.stage;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/** Log-likelihoods in nats, one per sample, with their standard errors. Immutable. */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.NOBODY)
public final class Score {
    private final double[] nats, standardError;
    private final double logCell;

    private Score(double[] nats, double[] standardError, double logCell) {
        this.nats = nats.clone();
        this.standardError = standardError.clone();
        this.logCell = logCell;
    }

    /** Without error. The array is copied. */
    public static Score exact(double[] nats) {
        return new Score(nats, new double[nats.length], 0);
    }

    /** With the standard error of each. The arrays are copied. */
    public static Score estimate(double[] nats, double[] standardError) {
        return new Score(nats, standardError, 0);
    }

    /**
     * The same as log-densities of samples that are discrete and were each spread evenly over a cell (dequantised).
     *
     * @param logVolume ln of a cell's volume, in the units of the data
     */
    public Score inCells(double logVolume) {
        return new Score(nats, standardError, logVolume);
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

    /**
     * ln of the volume of the cell that each sample was spread over; 0 where none was. A discrete sample's own
     * log-probability is {@code nats(i) + logCell()} or more, since a mean of logarithms is at most that of the mean.
     */
    public double logCell() {
        return logCell;
    }
}
