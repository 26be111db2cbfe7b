package io.sampler4j.model.diffusion;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.model.ProcessSpec;
import io.sampler4j.model.SampleSpec;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The noise process of a manifest: discrete, from a table of betas; continuous in t; or known by sigma/alpha alone.
 * Immutable and thread-safe.
 */
public final class DiffusionProcess implements NoiseProcess {
    private final Coordinates coordinates;
    private final ProcessTime time;
    private final double lowest;
    private final double highest;
    private final SampleSpec sample;
    private final DoubleUnaryOperator nearest;

    private DiffusionProcess(
            Coordinates coordinates,
            ProcessTime time,
            double lowest,
            double highest,
            SampleSpec sample,
            DoubleUnaryOperator nearest) {
        this.coordinates = coordinates;
        this.time = time;
        this.lowest = lowest;
        this.highest = highest;
        this.sample = sample;
        this.nearest = nearest;
    }

    /** The process of a manifest whose member {@code process} has been read. */
    public static DiffusionProcess of(ProcessSpec spec, SampleSpec sample) {
        Coordinates coordinates = coordinates(spec.coordinates());
        ProcessTime time = time(spec, coordinates);
        boolean table = spec.betas().isPresent();
        double first = table || spec.schedule().isPresent() ? time.ratio(0) : 0;
        double last = table
                ? time.ratio(spec.betas().get().steps() - 1)
                : spec.schedule().isPresent() ? time.ratio(1) : Double.POSITIVE_INFINITY;
        return new DiffusionProcess(
                coordinates,
                time,
                spec.lowest().orElse(first),
                spec.highest().orElse(last),
                sample,
                DoubleUnaryOperator.identity());
    }

    /** The same process, of a network that knows some levels only. */
    DiffusionProcess knowing(DoubleUnaryOperator nearestKnown) {
        return new DiffusionProcess(coordinates, time, lowest, highest, sample, nearestKnown);
    }

    private static ProcessTime time(ProcessSpec spec, Coordinates coordinates) {
        if (spec.betas().isPresent()) {
            double[] bar = BetaSchedule.alphaBar(spec.betas().get(), spec.zeroSnr());
            double[] ratios = new double[bar.length];
            for (int i = 0; i < bar.length; i++) ratios[i] = Math.sqrt((1 - bar[i]) / bar[i]);
            return new ProcessTime.Table(ratios);
        }
        return spec.schedule()
                .map(ProcessTime::of)
                .orElseGet(() -> coordinates == Coordinates.FLOW ? ProcessTime.flow() : ProcessTime.sigma());
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
    public double nearest(double ratio) {
        return nearest.applyAsDouble(ratio);
    }

    @Override
    public int trainingSteps() {
        return time instanceof ProcessTime.Table table ? table.size() : 0;
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
    public NoiseLevel atTime(double t) {
        return coordinates.at(time.ratio(t));
    }

    /** Its own time. */
    ProcessTime time() {
        return time;
    }
}
