package io.sampler4j.api.testing;

import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseGrid;
import org.apiguardian.api.API;
import org.assertj.core.api.AbstractAssert;

/** What can be asked of a sampler of a continuous method. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
public final class SamplerAssert extends AbstractAssert<SamplerAssert, DiffusionSampler> {
    private static final int COARSE = 128;
    private static final double MARGIN = .3;
    private static final double ROUNDING = 1e-11;

    SamplerAssert(DiffusionSampler sampler) {
        super(sampler, SamplerAssert.class);
    }

    /** The rules S1 to S16. */
    public SamplerAssert keepsTheRules() {
        isNotNull();
        PluginAssertions.none(SamplerRules.brokenBy(actual), this::failWithMessage);
        return this;
    }

    /** The error falls as steps^-order, against the exact solution, for a network that predicts noise in VP coordinates. */
    public SamplerAssert hasOrder(int order) {
        return hasOrder(order, GaussianMixture.Output.EPSILON, Coordinates.VP);
    }

    /** The same for a network that says something else, or in other coordinates. */
    public SamplerAssert hasOrder(int order, GaussianMixture.Output says, Coordinates own) {
        isNotNull();
        double found = order(actual, says, own);
        if (!(Math.abs(found - order) <= MARGIN)) {
            failWithMessage(
                    "order %s expected for a network of %s in %s, and %.2f found between %d and %d steps",
                    order, says, own, found, COARSE, 2 * COARSE);
        }
        return this;
    }

    /** Infinite for a sampler whose error is of rounding alone. */
    static double order(DiffusionSampler sampler, GaussianMixture.Output says, Coordinates own) {
        double coarse = Convergence.ofSampling(sampler, says, own, COARSE);
        double fine = Convergence.ofSampling(sampler, says, own, 2 * COARSE);
        return fine < ROUNDING ? Double.POSITIVE_INFINITY : Math.log(coarse / fine) / Math.log(2);
    }

    /**
     * In so many steps, down to the data, the first Wasserstein distance of 4,096 samples from a known distribution is
     * below this: the mixture of three, or a Gaussian for samplers of distilled networks. About .02 is left without any
     * error.
     */
    public SamplerAssert samplesTheDataWithin(double distance, int steps) {
        isNotNull();
        double found = distance(steps);
        if (!(found < distance)) {
            failWithMessage("a distance below %s expected in %d steps, and %.4f found", distance, steps, found);
        }
        return this;
    }

    /** The opposite, to show what another method, or an option, is worth. */
    public SamplerAssert isFartherFromTheDataThan(double distance, int steps) {
        isNotNull();
        double found = distance(steps);
        if (!(found > distance)) {
            failWithMessage("a distance above %s expected in %d steps, and %.4f found", distance, steps, found);
        }
        return this;
    }

    private double distance(int steps) {
        int count = actual.needs().isOnePerRun() ? 1 : 64;
        Target target = SamplerRules.targetOf(actual).orElse(Target.MIXTURE);
        return SamplerRules.distance(actual, target, SamplerRules.grid(actual, steps, true), count);
    }

    /** It asks the network so often, in a run of so many steps. */
    public SamplerAssert asksTheNetwork(int times, int steps) {
        isNotNull();
        int found = program(steps).evaluations();
        if (found != times) failWithMessage("%d evaluations expected in %d steps, and %d found", times, steps, found);
        return this;
    }

    /** It draws so many tensors of noise, in a run of so many steps that ends above the data. */
    public SamplerAssert draws(int tensors, int steps) {
        isNotNull();
        int found = program(steps).draws();
        if (found != tensors) failWithMessage("%d draws expected in %d steps, and %d found", tensors, steps, found);
        return this;
    }

    private Program program(int steps) {
        Target target = SamplerRules.targetOf(actual).orElse(Target.MIXTURE);
        NoiseGrid grid = SamplerRules.grid(actual, steps, false);
        return Program.of(actual, target.network(), grid, Target.start(grid.first(), 1, 2, 1), 1);
    }
}
