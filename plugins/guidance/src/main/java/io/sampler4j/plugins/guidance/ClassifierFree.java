package io.sampler4j.plugins.guidance;

import io.sampler4j.api.Condition;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.diffusion.Networks;
import io.sampler4j.api.plugin.Options;

/**
 * Classifier-free guidance: w c + (1 - w) u of the conditional estimate c and the unconditional u, in x0 and in eps
 * (Ho and Salimans 2022, equation 6, whose weight is our w - 1).
 *
 * <p>A learned variance is not guided: it is c's, as in guided-diffusion. Draws nothing.
 */
final class ClassifierFree implements Guidance {
    private final Halves halves;
    private final double w;

    ClassifierFree(Options o) {
        halves = new Halves(o);
        w = halves.w();
    }

    @Override
    public Estimator guide(Networks networks, Condition wanted, Condition nothing, Tensor like) {
        return halves.of(networks.main(), wanted, nothing, like, (x, at, c, u, e) -> e.set(w, c, 1 - w, u));
    }
}
