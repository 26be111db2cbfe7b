package io.sampler4j.plugins.flow;

import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.List;

/**
 * t = T, T (n - 1)/n, ..., T/n, then 0, where T is the highest t the model knows (1 for flow matching), shifted once:
 *
 * <pre>t' = s t / (1 + (s - 1) t)</pre>
 *
 * (Esser et al. 2024, equation 23), which in sigma/alpha = t/(1 - t) is a multiplication by s. {@code mu} gives s =
 * e^mu. {@code patch} takes mu from the picture's size as FLUX does: linear in the number of patches of patch x patch,
 * 0.5 at 256 and 1.15 at 4096.
 */
final class FlowSchedule implements NoiseScheduler {
    static final Option<Double> SHIFT =
            Option.decimal("shift", 1, 1e-3, 1e3, "above 1 spends more steps in noise; 3 for SD3");
    static final Option<Double> MU = Option.decimal("mu", 0, -10, 10, "the logarithm of a shift, instead of it");
    static final Option<Integer> PATCH = Option.whole(
            "patch", 0, 0, 1024, "the side of a patch in the state, for a shift that grows with size; 2 for FLUX");

    private final double shift, mu;
    private final int patch;

    FlowSchedule(Options o) {
        shift = o.get(SHIFT);
        mu = o.get(MU);
        patch = o.get(PATCH);
        if ((shift != 1 ? 1 : 0) + (mu != 0 ? 1 : 0) + (patch != 0 ? 1 : 0) > 1) {
            throw new RefusedException(
                    "flow shifts once: give one of shift (" + shift + "), mu (" + mu + ") and patch (" + patch + ")");
        }
    }

    @Override
    public NoiseGrid grid(NoiseProcess process, int steps) {
        double highest = 1 / (1 + 1 / process.highest()), s = shiftFor(process);
        double[] ratios = new double[steps + 1];
        ratios[0] = process.highest();
        for (int i = 1; i < steps; i++) {
            double t = highest * (steps - i) / steps;
            ratios[i] = Math.min(s * t / (1 - t), process.highest());
            if (ratios[i] < ratios[i - 1]) continue;
            throw new RefusedException("flow: shift " + s + " lifts step " + i
                    + " above the highest level the model knows, " + process.highest() + ": lower it");
        }
        return NoiseGrid.of(process.coordinates(), ratios);
    }

    private double shiftFor(NoiseProcess process) {
        if (patch == 0) return mu != 0 ? Math.exp(mu) : shift;
        List<Integer> shape = process.sampleShape();
        if (shape.size() < 2) {
            throw new RefusedException("flow: patch counts patches of a picture, and a sample here has shape " + shape
                    + ": use shift or mu");
        }
        double patches = (double) (shape.get(shape.size() - 1) / patch) * (shape.get(shape.size() - 2) / patch);
        double slope = (1.15 - .5) / (4096 - 256);
        return Math.exp(.5 + slope * (patches - 256));
    }
}
