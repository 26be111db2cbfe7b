package io.sampler4j.plugins.schedules;

import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.List;
import java.util.Map;

/**
 * The levels that were optimized for Stable Diffusion 1.5, SDXL and Stable Video Diffusion (Sabour et al. 2024, Align
 * Your Steps): ten steps as published; for another number of steps, linear in ln sigma between them, as the paper does.
 * Each list ends at the lowest level of its model, in whose place comes the data.
 */
final class Ays implements NoiseScheduler {
    private static final Map<String, double[]> TABLES = Map.of(
            "sd", new double[] {14.615, 6.475, 3.861, 2.697, 1.886, 1.396, .963, .652, .399, .152, .029},
            "sdxl", new double[] {14.615, 6.315, 3.771, 2.181, 1.342, .862, .555, .380, .234, .113, .029},
            "svd", new double[] {700, 54.5, 15.886, 7.977, 4.248, 1.789, .981, .403, .173, .034, .002});

    static final Option<String> TABLE = Option.oneOf(
            "table", List.of("sd", "sdxl", "svd"), "the model it was made for: Stable Diffusion 1.5, SDXL, SVD");

    private final String name, end;

    Ays(Options o) {
        name = o.get(TABLE);
        end = o.get(End.OPTION);
    }

    @Override
    public NoiseGrid grid(NoiseProcess process, int steps) {
        double[] table = TABLES.get(name), ratios = new double[steps + 1];
        for (int i = 0; i <= steps; i++) ratios[i] = between(table, (table.length - 1.0) * i / steps);
        // The list's first is the model's highest, printed to three decimals.
        ratios[0] = Math.min(ratios[0], process.highest());
        if (ratios[0] <= ratios[1]) {
            throw Spacing.refused(
                    "ays: the list of %s has sigma/alpha = %s after its first, and this model knows no more than %s:"
                            + " it was made for another model",
                    name, ratios[1], process.highest());
        }
        if (end.equals("zero")) ratios[steps] = 0;
        return NoiseGrid.of(process.coordinates(), ratios);
    }

    private static double between(double[] table, double at) {
        int k = (int) at;
        double f = at - k;
        return f == 0 ? table[k] : Math.exp((1 - f) * Math.log(table[k]) + f * Math.log(table[k + 1]));
    }
}
