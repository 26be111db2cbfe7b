package io.sampler4j.plugins.dpmsolver;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Denoiser;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.Estimate;
import io.sampler4j.api.diffusion.NoiseGrid;
import io.sampler4j.api.diffusion.NoiseLevel;
import java.util.Optional;

/**
 * The exponential Adams method that DPM-Solver++(2M), (3M) and their SDE forms, UniPC and SA-Solver are instances of:
 * x0 is taken as the polynomial in lambda through the last answers (predictor); once the network has answered at the new
 * level, the step is taken again with that answer among them (corrector), before the next. One evaluation per step, in
 * any coordinates. A step from pure noise or to the data is exact and of order 1.
 *
 * <p>Sources: Lu et al. 2022, DPM-Solver++, Algorithm 2 and appendix D; Zhao et al. 2023, UniPC, Algorithms 5 and 6, where
 * B(h) cancels but for two values, which is {@link DataStep.Slope}; Xue et al. 2023, SA-Solver, Algorithm 1.
 */
final class Adams implements DiffusionSampler {
    private final String name;
    private final Rule rule;

    /**
     * What makes one of them.
     *
     * @param predictor values behind a prediction
     * @param corrector values behind a correction, the new one included; 0 for none
     * @param slope how two values are integrated
     * @param curvature the share of the curvature that is taken where there are three values: 1, or 1/2
     * @param lowerFinal whether the last step has order 1, the one before at most 2, and so on
     * @param noise standard deviation of the noise drawn, of which 1 is the SDE's
     * @param drawsAlways whether noise is drawn also in steps that use none of it, as the reference does
     */
    record Rule(
            int predictor,
            int corrector,
            DataStep.Slope slope,
            double curvature,
            boolean lowerFinal,
            double noise,
            boolean drawsAlways) {}

    /** How much of the reverse diffusion's noise each step has, and whether it is corrected. */
    interface Steps {
        /** 0 is the ODE, 1 the reverse SDE. */
        double eta(NoiseLevel from);

        /** Whether the step to level i of the grid is taken again. */
        default boolean corrects(int i) {
            return true;
        }
    }

    private final Steps steps;
    private final Optional<String> orderOption;

    /** One whose name says its order, which its first steps and short runs do not reach. */
    Adams(String name, Rule rule, Steps steps) {
        this(name, rule, steps, Optional.empty());
    }

    /** One whose order is chosen by an option of this name, so that a run too short for it is refused. */
    Adams(String name, Rule rule, Steps steps, String orderOption) {
        this(name, rule, steps, Optional.of(orderOption));
    }

    private Adams(String name, Rule rule, Steps steps, Optional<String> orderOption) {
        this.orderOption = orderOption;
        this.name = name;
        this.rule = rule;
        this.steps = steps;
    }

    @Override
    public void check(Denoiser D, NoiseGrid grid, Tensor x, Refusals refuse) {
        Ends.check(name, grid, refuse);
        orderOption.ifPresent(option -> Ends.check(name, option, rule.predictor, grid, refuse));
        boolean noise = false;
        for (int i = 0; i < grid.steps(); i++) noise |= steps.eta(grid.at(i)) > 0;
        refuse.unless(
                !noise || !grid.ascends(),
                "%s draws noise with these options: from data to noise take one that does not, such as ddim or heun",
                name);
    }

    @Override
    public void sample(Denoiser D, NoiseGrid grid, Tensor x, TensorRun run) {
        History past = new History(D, x, Math.max(rule.predictor, rule.corrector));
        Tensor from = x.like(), z = x.like();
        DataStep before = null;
        for (int i = 0; i < grid.steps(); i++) {
            double lambda = grid.lambda(i);
            Estimate now = past.push(lambda);
            D.denoise(x, grid.at(i), now);
            if (before != null && before.isFinite() && rule.corrector > 0 && steps.corrects(i)) {
                int values = values(rule.corrector, grid.steps() - i + 2);
                take(x, from, before, past, past.nodes(values, grid.lambda(i - 1)), z);
            }
            from.set(x);
            DataStep step = new DataStep(grid.at(i), grid.at(i + 1), steps.eta(grid.at(i)));
            if (step.noise > 0 || rule.drawsAlways) run.noise().normal(z);
            int values = step.isFinite() ? values(rule.predictor, grid.steps() - i) : 1;
            take(x, from, step, past, past.nodes(values, lambda), z);
            run.step(i, x, now.x0());
            before = step;
        }
    }

    private int values(int most, int lowered) {
        return rule.lowerFinal ? Math.min(most, lowered) : most;
    }

    private void take(Tensor x, Tensor from, DataStep step, History past, double[] nodes, Tensor z) {
        double[] b = step.weights(nodes, rule.slope, rule.curvature);
        x.set(step.keep, from, b[0], past.at(0).x0());
        for (int j = 1; j < b.length; j++) x.add(b[j], past.at(j).x0());
        if (step.noise > 0) x.add(rule.noise * step.noise, z);
    }
}
