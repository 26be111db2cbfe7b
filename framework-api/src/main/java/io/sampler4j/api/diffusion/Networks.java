package io.sampler4j.api.diffusion;

import io.sampler4j.api.ImplementedBy;
import org.apiguardian.api.API;

/**
 * The networks that guidance may ask: the model's own, and further ones that the run names (autoguidance's weaker
 * checkpoint). Made by the host for one run and confined to its thread.
 */
@API(status = API.Status.STABLE, since = "1.0")
@ImplementedBy(ImplementedBy.Party.HOST)
public interface Networks {
    /** The run's own model. */
    ConditionalDenoiser main();

    /**
     * Another model of the same samples, named by the value of one of the guidance's options. What its network predicts,
     * in which coordinates, and how it counts time may differ. Ask for it in {@code Guidance.guide}, whatever the scale:
     * that is how the host learns of it when it plans.
     *
     * @param option the name of that option
     * @throws io.sampler4j.api.error.RefusedException if the run names no such model or it does not fit
     */
    ConditionalDenoiser other(String option);
}
