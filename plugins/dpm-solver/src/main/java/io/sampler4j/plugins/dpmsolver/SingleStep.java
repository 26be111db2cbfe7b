package io.sampler4j.plugins.dpmsolver;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.List;

/**
 * DPM-Solver++(2S) and (3S) (Lu et al. 2022, Algorithm 1 and appendix A): between two levels, the network is asked once
 * or twice more, at levels that divide the step in lambda evenly. With h the step in lambda, r the share of it at which a
 * stage lies, and x0_j the answer there:
 *
 * <pre>x_1 = x0 constant;   x_2 with the slope (x0_1 - x0) / (r_1 h);   x_s with the slope (x0_last - x0) / (r_last h)</pre>
 *
 * <p>Order 2 or 3, as many evaluations per step; one, and order 1, in a step from pure noise or to the data. In any
 * coordinates.
 *
 * <p>{@code inner=grid} takes the grid's own levels for the stages, as diffusers does: then every step has one evaluation,
 * and two or three steps make one of the method; what is left over at the end has a lower order.
 */
final class SingleStep implements DiffusionSampler {
    static final Option<String> INNER = Option.oneOf(
            "inner",
            List.of("even", "grid"),
            "the levels between: evenly in lambda, with several evaluations per step; or the grid's, with one");

    private final String name;
    private final int order;
    private final boolean onGrid;
    private final DataStep.Slope slope;

    SingleStep(String name, int order, DataStep.Slope slope, Options o) {
        this.name = name;
        this.order = order;
        this.slope = slope;
        onGrid = o.get(INNER).equals("grid");
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        Ends.check(name, grid, refuse);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        Estimate[] stages = new Estimate[order];
        for (int i = 0; i < order; i++) stages[i] = D.estimate(x);
        Tensor from = x.like();
        int i = 0;
        while (i < grid.steps()) {
            NoiseLevel[] levels = onGrid ? gridLevels(grid, i) : evenLevels(grid, i);
            from.set(x);
            for (int j = 0; j < levels.length - 1; j++) {
                D.denoise(x, levels[j], stages[j]);
                stage(x, from, levels, j, stages);
                if (onGrid) run.step(i + j, x, stages[j].x0());
            }
            if (!onGrid) run.step(i, x, stages[levels.length - 2].x0());
            i += onGrid ? levels.length - 1 : 1;
        }
    }

    /** From the start of the step to the level after stage j, with the slope that stage j gives. */
    private void stage(Tensor x, Tensor from, NoiseLevel[] levels, int j, Estimate[] stages) {
        DataStep step = new DataStep(levels[0], levels[j + 1], 0);
        if (j == 0) {
            x.set(step.keep, from, step.weights(new double[1], slope)[0], stages[0].x0());
            return;
        }
        double r = levels[j].lambda() - levels[0].lambda();
        if (j == 2 && slope == DataStep.Slope.EXACT) {
            double r1 = levels[1].lambda() - levels[0].lambda();
            double[] b = step.weights(new double[] {0, r1, r}, slope);
            x.set(step.keep, from, b[0], stages[0].x0(), b[1], stages[1].x0()).add(b[2], stages[2].x0());
            return;
        }
        // Of order 3 the paper integrates slopes exactly; on the grid its second stage is a step of order 2 of its own.
        double[] b = step.weights(new double[] {0, r}, j == 1 && (order == 2 || onGrid) ? slope : DataStep.Slope.EXACT);
        x.set(step.keep, from, b[0], stages[0].x0(), b[1], stages[j].x0());
    }

    private NoiseLevel[] evenLevels(NoiseGrid grid, int i) {
        NoiseLevel from = grid.at(i), to = grid.at(i + 1);
        double h = to.lambda() - from.lambda();
        if (!Double.isFinite(h)) return new NoiseLevel[] {from, to};
        NoiseLevel[] levels = new NoiseLevel[order + 1];
        levels[0] = from;
        levels[order] = to;
        for (int j = 1; j < order; j++) levels[j] = grid.level(from.ratio() * Math.exp(-h * j / order));
        return levels;
    }

    private NoiseLevel[] gridLevels(NoiseGrid grid, int i) {
        int steps = Math.min(order, grid.steps() - i);
        if (grid.at(i).alpha() == 0) steps = 1;
        // To the data only a constant x0 has a meaning, so that step stands alone.
        else if (steps > 1 && grid.at(i + steps).sigma() == 0) steps--;
        NoiseLevel[] levels = new NoiseLevel[steps + 1];
        for (int j = 0; j <= steps; j++) levels[j] = grid.at(i + j);
        return levels;
    }
}
