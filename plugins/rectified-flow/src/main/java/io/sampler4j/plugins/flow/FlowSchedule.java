package io.sampler4j.plugins.flow;

import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.List;

/**
 * Evenly in t from T, the highest that the model knows (1 for flow matching), to T/n or {@code t-min}, then 0; shifted
 * once:
 *
 * <pre>t' = s t / (1 + (s - 1) t)</pre>
 *
 * (Esser et al. 2024, equation 23), which in sigma/alpha = t/(1 - t) is a multiplication by s. {@code shift} is s itself
 * (SD3: 3). {@code mu} gives s = e^mu. {@code patch} takes mu from the picture's size as FLUX does: linear in the number
 * of patches of patch x patch, from base-shift at base-patches to max-shift at max-patches. With {@code
 * shift-type=linear} s is mu, not e^mu. {@code terminal} then stretches 1 - t so that the last level before the data is
 * that t (LTX-Video: 0.1).
 *
 * <p>These are diffusers' levels: of its pipelines, which give sigmas 1 to 1/n, as it stands; of its scheduler alone with
 * {@code t-min=0.001}, but for shift, which is applied there a second time.
 */
final class FlowSchedule implements NoiseScheduler {
    static final Option<Double> SHIFT =
            Option.decimal("shift", 1, 1e-3, 1e3, "above 1 spends more steps in noise; 3 for SD3");
    static final Option<Double> MU = Option.decimal("mu", 0, -10, 10, "the logarithm of a shift, instead of it");
    static final Option<Integer> PATCH = Option.whole(
            "patch", 0, 0, 1024, "the side of a patch in the state, for a shift that grows with size; 2 for FLUX");
    static final Option<String> SHIFT_TYPE = Option.oneOf(
            "shift-type",
            List.of("exponential", "linear"),
            "whether mu, and that of patch, is a logarithm or the shift");
    static final Option<Double> BASE_SHIFT = Option.decimal("base-shift", .5, -10, 10, "for patch: mu at base-patches");
    static final Option<Double> MAX_SHIFT = Option.decimal("max-shift", 1.15, -10, 10, "for patch: mu at max-patches");
    static final Option<Integer> BASE_PATCHES =
            Option.whole("base-patches", 256, 1, 1 << 30, "for patch: see base-shift");
    static final Option<Integer> MAX_PATCHES =
            Option.whole("max-patches", 4096, 2, 1 << 30, "for patch: see max-shift");
    static final Option<Double> T_MIN =
            Option.decimal("t-min", 0, 0, .999, "the last t before the data, before any shift; 0 for T/n");
    static final Option<Double> TERMINAL =
            Option.decimal("terminal", 0, 0, .999, "the last t before the data, after the shift; 0 leaves it");

    private final double shift, mu, baseShift, maxShift, tMin, terminal;
    private final int patch, basePatches, maxPatches;
    private final boolean exponential;

    FlowSchedule(Options o) {
        shift = o.get(SHIFT);
        mu = o.get(MU);
        patch = o.get(PATCH);
        exponential = o.get(SHIFT_TYPE).equals("exponential");
        baseShift = o.get(BASE_SHIFT);
        maxShift = o.get(MAX_SHIFT);
        basePatches = o.get(BASE_PATCHES);
        maxPatches = o.get(MAX_PATCHES);
        tMin = o.get(T_MIN);
        terminal = o.get(TERMINAL);
        if ((shift != 1 ? 1 : 0) + (mu != 0 ? 1 : 0) + (patch != 0 ? 1 : 0) > 1) {
            throw new RefusedException(
                    "flow shifts once: give one of shift (" + shift + "), mu (" + mu + ") and patch (" + patch + ")");
        }
        if (!exponential && mu <= 0 && patch == 0) {
            throw new RefusedException(
                    "flow: shift-type=linear takes mu as the shift, which must be above 0, or patch");
        }
        if (maxPatches <= basePatches) {
            throw new RefusedException("flow: max-patches (" + maxPatches + ") must be above base-patches ("
                    + basePatches + "): mu is linear between them");
        }
    }

    @Override
    public NoiseGrid grid(NoiseProcess process, int steps) {
        double highest = 1 / (1 + 1 / process.highest()), s = shiftFor(process);
        double lowest = tMin > 0 && steps > 1 ? tMin : highest / steps;
        if (lowest > highest) {
            throw new RefusedException("flow: t-min is " + tMin + ", above the highest t the model knows, " + highest);
        }
        double last = shifted(lowest, s), stretch = terminal > 0 && steps > 1 ? (1 - terminal) / (1 - last) : 1;
        double[] ratios = new double[steps + 1];
        ratios[0] = process.highest();
        for (int i = 1; i < steps; i++) {
            double t = 1 - stretch * (1 - shifted(highest + (lowest - highest) * i / (steps - 1), s));
            ratios[i] = Math.min(t / (1 - t), process.highest());
            if (t > 0 && ratios[i] < ratios[i - 1]) continue;
            throw new RefusedException("flow: shift " + s + (terminal > 0 ? " and terminal " + terminal : "")
                    + " put step " + i + " at t = " + t + ", which is not between the data and the step before it:"
                    + " the model knows t up to " + highest + "; lower the shift");
        }
        return NoiseGrid.of(process.coordinates(), ratios);
    }

    private static double shifted(double t, double s) {
        return s * t / (1 + (s - 1) * t);
    }

    private double shiftFor(NoiseProcess process) {
        if (patch == 0) return mu != 0 ? ofMu(mu) : shift;
        List<Integer> shape = process.sampleShape();
        if (shape.size() < 2) {
            throw new RefusedException("flow: patch counts patches of a picture, and a sample here has shape " + shape
                    + ": use shift or mu");
        }
        double patches = (double) (shape.get(shape.size() - 1) / patch) * (shape.get(shape.size() - 2) / patch);
        double slope = (maxShift - baseShift) / (maxPatches - basePatches);
        return ofMu(baseShift + slope * (patches - basePatches));
    }

    private double ofMu(double m) {
        if (exponential) return Math.exp(m);
        if (m > 0) return m;
        throw new RefusedException(
                "flow: with shift-type=linear mu is the shift, and it is " + m + ": it must be above 0");
    }
}
