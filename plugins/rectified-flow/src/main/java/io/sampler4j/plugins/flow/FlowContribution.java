package io.sampler4j.plugins.flow;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.List;
import org.pf4j.Extension;

/** The samplers {@code rectified-flow} and {@code dopri5}, and the scheduler {@code flow}. */
@Extension
public final class FlowContribution implements Contribution {
    /** For PF4J. */
    public FlowContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(
                                DiffusionSampler.class,
                                "rectified-flow",
                                RectifiedFlow::new,
                                RectifiedFlow.METHOD,
                                RectifiedFlow.STOCHASTIC)
                        .aliases("FlowMatchEulerDiscreteScheduler")
                        .about("Runge-Kutta in flow time: Euler, midpoint, Heun and RK4")
                        .source("Liu et al. 2023, equation 1")
                        .order(1, 2)
                        .nfePerStep(1)
                        .where(RectifiedFlow.METHOD, "midpoint", 2, 3, 2)
                        .where(RectifiedFlow.METHOD, "heun", 2, 3, 2)
                        .where(RectifiedFlow.METHOD, "rk4", 4, 5, 4),
                Offer.of(
                                DiffusionSampler.class,
                                "dopri5",
                                Dopri5::new,
                                Dopri5.RTOL,
                                Dopri5.ATOL,
                                Dopri5.MAX_STEPS,
                                Dopri5.END)
                        .aliases("RK45", "rk45")
                        .about("adaptive Runge-Kutta of order 5 in flow time: steps by tolerance, not by number")
                        .source("Dormand and Prince 1980; Hairer, Norsett and Wanner, II.4 and table 5.2")
                        .order(5, 6),
                Offer.of(
                                NoiseScheduler.class,
                                "flow",
                                FlowSchedule::new,
                                FlowSchedule.SHIFT,
                                FlowSchedule.MU,
                                FlowSchedule.PATCH,
                                FlowSchedule.SHIFT_TYPE,
                                FlowSchedule.BASE_SHIFT,
                                FlowSchedule.MAX_SHIFT,
                                FlowSchedule.BASE_PATCHES,
                                FlowSchedule.MAX_PATCHES,
                                FlowSchedule.T_MIN,
                                FlowSchedule.TERMINAL)
                        .about("evenly in t, with the shift of SD3 (shift) or of FLUX (mu, patch)")
                        .source("Liu et al. 2023; Esser et al. 2024, equation 23"));
    }
}
