package io.sampler4j.plugins.schedules;

import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
import java.util.Locale;

/** A rule for n of N training indices; the levels there, and the end, make the grid. */
abstract class Spacing implements NoiseScheduler {
    private final String name;
    private final String end;

    Spacing(String name, String end) {
        this.name = name;
        this.end = end;
    }

    /** n training indices out of [0, N - 1], strictly falling. */
    abstract double[] indices(int N, int n);

    /** The fewest steps of which this rule makes a run that starts in noise. */
    abstract int fewest();

    /** The most steps that this rule spaces without repeating an index. */
    abstract int most(int N);

    @Override
    public final NoiseGrid grid(NoiseProcess process, int steps) {
        int N = process.trainingSteps();
        if (N == 0) {
            throw refused(
                    "%s spaces training indices, and this model's noise process is continuous: use explicit, or a"
                            + " scheduler over noise levels such as karras, edm or flow",
                    name);
        }
        if (steps < fewest()) {
            throw refused(
                    "%s needs at least %d steps, got %d: a single one would begin at its lowest index, where there is"
                            + " almost no noise; use trailing",
                    name, fewest(), steps);
        }
        if (steps > most(N)) {
            throw refused("%s over %d training steps makes at most %d steps, got %d", name, N, most(N), steps);
        }
        double[] t = indices(N, steps);
        if (t[0] > N - 1) {
            throw refused(
                    "%s with offset=%s begins at index %s, beyond the last training index %d: lower offset to %s or less",
                    name, text(offset()), text(t[0]), N - 1, text(offset() - (t[0] - (N - 1))));
        }
        double[] ratios = new double[steps + 1];
        for (int i = 0; i < steps; i++) ratios[i] = process.atTime(t[i]).ratio();
        ratios[steps] = End.ratio(end, process);
        return NoiseGrid.of(process.coordinates(), ratios);
    }

    /** What is added to every index. */
    int offset() {
        return 0;
    }

    static RefusedException refused(String message, Object... args) {
        return new RefusedException(String.format(Locale.ROOT, message, args));
    }

    static String text(double v) {
        return v == Math.rint(v) ? String.valueOf((long) v) : String.valueOf(v);
    }
}
