package io.sampler4j.plugins.edm;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.List;
import org.pf4j.Extension;

/** The sampler {@code edm} and the scheduler {@code edm}. */
@Extension
public final class EdmContribution implements Contribution {
    /** For PF4J. */
    public EdmContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(
                                DiffusionSampler.class,
                                "edm",
                                Edm::new,
                                Edm.METHOD,
                                Edm.ALPHA,
                                Edm.SCHEDULE,
                                Edm.SCALING,
                                Edm.EPSILON_S,
                                Edm.CHURN,
                                Edm.CHURN_MIN,
                                Edm.CHURN_MAX,
                                Edm.CHURN_NOISE,
                                Preset.SAMPLER)
                        .about("Heun with optional churn: 2n - 1 evaluations for n steps to sigma = 0")
                        .source("Karras et al. 2022, Algorithm 2 and equation 4")
                        .order(2, 3)
                        .nfePerStep(2)
                        .where(Edm.METHOD, "euler", 1, 2, 1),
                Offer.of(
                                NoiseScheduler.class,
                                "edm",
                                EdmSchedule::new,
                                EdmSchedule.DISCRETIZATION,
                                EdmSchedule.SIGMA_MIN,
                                EdmSchedule.SIGMA_MAX,
                                EdmSchedule.RHO,
                                EdmSchedule.EPSILON_S,
                                Preset.SCHEDULE)
                        .about("the paper's grids and their ends; by default sigma from 80 to 0.002, rho = 7, then 0")
                        .source("Karras et al. 2022, equation 5 and table 1 (time steps)"));
    }
}
