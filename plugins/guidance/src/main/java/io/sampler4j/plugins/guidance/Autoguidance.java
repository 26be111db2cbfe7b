package io.sampler4j.plugins.guidance;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;

/**
 * Guidance away from a weaker version of the model itself (Karras et al. 2024, "Guiding a Diffusion Model with a Bad
 * Version of Itself"): w D1 + (1 - w) D0, in x0 and in eps, of the model's estimate D1 and that of another, D0, under
 * the same condition, or under none. Two evaluations where it acts.
 *
 * <p>A learned variance is the model's own. Draws nothing.
 */
final class Autoguidance implements Guidance {
    static final Option<String> MODEL =
            Option.text("model", "", "the weaker model that it leads away from, by name or directory; must be named");

    private final Halves halves;
    private final double w;

    Autoguidance(Options o) {
        halves = new Halves(o);
        w = halves.w();
        if (o.get(MODEL).isEmpty()) {
            throw new RefusedException(
                    "autoguidance leads away from a weaker model: name it, as in --set guidance.model=NAME");
        }
    }

    @Override
    public Estimator guide(Networks networks, Condition wanted, Condition nothing, Tensor like) {
        return halves.of(
                networks.main(),
                networks.other(MODEL.name()),
                wanted,
                like,
                (x, at, strong, weak, e) -> e.set(w, strong, 1 - w, weak));
    }
}
