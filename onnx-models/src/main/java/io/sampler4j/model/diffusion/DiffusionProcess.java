package io.sampler4j.model.diffusion;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.model.ProcessSpec;
import io.sampler4j.model.SampleSpec;
import java.util.Arrays;
import java.util.List;

/**
 * The noise process of a manifest: discrete, from a table of betas, or continuous between two noise levels. Immutable
 * and thread-safe.
 *
 * <p>Between the indices of a discrete process, a level's sigma/alpha is linear in time, and the time of a level is
 * linear in the logarithm of sigma/alpha, as in the reference's Euler scheduler (where the two meet exactly at each
 * index only).
 */
public final class DiffusionProcess implements NoiseProcess {
    /** Relative distance within which a level is one of the table's own: rounding on the way through coordinates. */
    private static final double SAME = 1e-9;

    private final Coordinates coordinates;
    private final double[] ratios;
    private final double lowest;
    private final double highest;
    private final SampleSpec sample;

    private DiffusionProcess(
            Coordinates coordinates, double[] ratios, double lowest, double highest, SampleSpec sample) {
        this.coordinates = coordinates;
        this.ratios = ratios;
        this.lowest = lowest;
        this.highest = highest;
        this.sample = sample;
    }

    /** The process of a manifest whose member {@code process} has been read. */
    public static DiffusionProcess of(ProcessSpec spec, SampleSpec sample) {
        Coordinates coordinates = coordinates(spec.coordinates());
        if (spec.betas().isPresent()) {
            double[] bar = BetaSchedule.alphaBar(spec.betas().get(), spec.zeroSnr());
            double[] ratios = new double[bar.length];
            for (int i = 0; i < bar.length; i++) ratios[i] = Math.sqrt((1 - bar[i]) / bar[i]);
            return new DiffusionProcess(coordinates, ratios, ratios[0], ratios[ratios.length - 1], sample);
        }
        return new DiffusionProcess(
                coordinates,
                new double[0],
                spec.lowest().orElse(0),
                spec.highest().orElse(Double.POSITIVE_INFINITY),
                sample);
    }

    private static Coordinates coordinates(String name) {
        return switch (name) {
            case "VP" -> Coordinates.VP;
            case "VE" -> Coordinates.VE;
            case "FLOW" -> Coordinates.FLOW;
            default -> throw new IllegalStateException("the manifest's reader lets no coordinates " + name + " pass");
        };
    }

    @Override
    public Coordinates coordinates() {
        return coordinates;
    }

    @Override
    public double lowest() {
        return lowest;
    }

    @Override
    public double highest() {
        return highest;
    }

    @Override
    public int trainingSteps() {
        return ratios.length;
    }

    @Override
    public List<Integer> sampleShape() {
        return sample.shape();
    }

    @Override
    public List<Double> sampleRange() {
        return List.of(sample.low(), sample.high());
    }

    @Override
    public NoiseLevel atTime(double time) {
        return coordinates.at(ratio(time));
    }

    /** sigma/alpha at the process's own time. */
    double ratio(double time) {
        if (ratios.length == 0) {
            if (!(time >= 0) || coordinates == Coordinates.FLOW && time > 1) {
                throw new IllegalArgumentException("this process has no time " + time
                        + (coordinates == Coordinates.FLOW ? ": it counts t from 0 to 1" : ": it counts sigma from 0"));
            }
            return coordinates == Coordinates.FLOW ? time / (1 - time) : time;
        }
        if (!(time >= 0 && time <= ratios.length - 1)) {
            throw new IllegalArgumentException(
                    "this process has no time " + time + ": its training steps are 0 to " + (ratios.length - 1));
        }
        int k = (int) time;
        double f = time - k;
        return f == 0 ? ratios[k] : ratios[k] + f * (ratios[k + 1] - ratios[k]);
    }

    /** The index, with a fraction, of sigma/alpha; levels outside of the table have the index of its nearest end. */
    double index(double ratio) {
        int last = ratios.length - 1;
        int k = Arrays.binarySearch(ratios, ratio);
        if (k >= 0) return k;
        int above = -k - 1;
        if (above <= last && near(ratio, ratios[above])) return above;
        if (above > 0 && near(ratio, ratios[above - 1])) return above - 1;
        if (above == 0) return 0;
        if (above > last) return last;
        if (Double.isInfinite(ratios[above])) return above;
        double lo = Math.log(ratios[above - 1]), hi = Math.log(ratios[above]);
        return above - 1 + (Math.log(ratio) - lo) / (hi - lo);
    }

    private static boolean near(double a, double b) {
        return Math.abs(a - b) <= SAME * b;
    }
}
