package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.stage.Score;
import java.util.Arrays;

/**
 * How likely some samples are, in bits for each of their units (a dimension of a picture, a token of a text). Where the
 * scorer gives a bound on the likelihood, these are at least as many bits as the model needs. Immutable.
 */
public final class Scores {
    private static final double BITS = 1 / Math.log(2);

    private final double[] nats;
    private final double[] bits;
    private final double[] errors;
    private final String unit;
    private final String scorer;
    private final long nfe;
    private final long seed;
    private final ObjectNode record;

    /** @param units of each sample, such as 784 dimensions */
    Scores(Score[] parts, double[] units, String unit, String scorer, long nfe, long seed, ObjectNode record) {
        nats = new double[units.length];
        bits = new double[units.length];
        errors = new double[units.length];
        int i = 0;
        for (Score part : parts) {
            for (int k = 0; i < units.length && k < part.samples(); k++, i++) {
                nats[i] = part.nats(k);
                bits[i] = -(part.nats(k) + part.logCell()) * BITS / units[i];
                errors[i] = part.standardError(k) * BITS / units[i];
            }
        }
        this.unit = unit;
        this.scorer = scorer;
        this.nfe = nfe;
        this.seed = seed;
        this.record = record;
    }

    /** Samples. */
    public int count() {
        return bits.length;
    }

    /** What the bits are per: dimension, token. */
    public String unit() {
        return unit;
    }

    /** The scorer's name. */
    public String scorer() {
        return scorer;
    }

    /** Bits for each unit of sample i. */
    public double bits(int i) {
        return bits[i];
    }

    /**
     * The log-likelihood of sample i, in nats: a log-probability, or a log-density where the model has one and the data was
     * spread over cells (dequantised), or is continuous.
     */
    public double nats(int i) {
        return nats[i];
    }

    /** The mean of these over samples. */
    public double meanNats() {
        return Arrays.stream(nats).average().orElseThrow();
    }

    /** The standard error of sample i's bits, over the scorer's own draws: 0 where it is exact. */
    public double standardError(int i) {
        return errors[i];
    }

    /** The mean over samples. */
    public double mean() {
        return Arrays.stream(bits).average().orElseThrow();
    }

    /** The standard error of the mean as one over these very samples: that of the scorer's draws alone. */
    public double drawsError() {
        return Math.sqrt(Arrays.stream(errors).map(e -> e * e).sum()) / bits.length;
    }

    /**
     * The standard error of the mean as one over all data like these, from the spread over samples, which the draws are
     * part of; not a number of a single one.
     */
    public double samplesError() {
        double mean = mean(), n = bits.length;
        return Math.sqrt(Arrays.stream(bits).map(b -> (b - mean) * (b - mean)).sum() / (n - 1) / n);
    }

    /** Calls of the network. */
    public long nfe() {
        return nfe;
    }

    /** The seed of sample 0's draws. */
    public long seed() {
        return seed;
    }

    /** Everything that made it, as JSON. */
    public String record() {
        return record.toString();
    }
}
