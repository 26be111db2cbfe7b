package io.sampler4j.plugins.flow;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.List;
import org.pf4j.Extension;

/** The sampler {@code rectified-flow} and the scheduler {@code flow}. */
@Extension
public final class FlowContribution implements Contribution {
    /** For PF4J. */
    public FlowContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(DiffusionSampler.class, "rectified-flow", RectifiedFlow::new, RectifiedFlow.METHOD)
                        .aliases("FlowMatchEulerDiscreteScheduler")
                        .about(
                                "Runge-Kutta in flow time; order and evaluations are euler's, and 2, 2, 4 for midpoint, heun, rk4")
                        .source("Liu et al. 2023, equation 1")
                        .order(1, 2)
                        .nfePerStep(1),
                Offer.of(
                                NoiseScheduler.class,
                                "flow",
                                FlowSchedule::new,
                                FlowSchedule.SHIFT,
                                FlowSchedule.MU,
                                FlowSchedule.PATCH)
                        .about("evenly in t, with the shift of SD3 (shift) or of FLUX (mu, patch)")
                        .source("Liu et al. 2023; Esser et al. 2024, equation 23"));
    }
}
