package io.sampler4j.plugins.consistency;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.List;
import org.pf4j.Extension;

/** The samplers {@code lcm}, {@code tcd} and {@code consistency}. */
@Extension
public final class ConsistencyContribution implements Contribution {
    /** For PF4J. */
    public ConsistencyContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(DiffusionSampler.class, "lcm", o -> new Lcm())
                        .aliases("LCMScheduler", "LCM")
                        .about("for networks distilled as latent consistency models: fresh noise on each x0")
                        .source("Luo et al. 2023, LCM, Algorithm 3")
                        .nfePerStep(1),
                Offer.of(DiffusionSampler.class, "tcd", Tcd::new, Tcd.GAMMA)
                        .aliases("TCDScheduler", "TCD")
                        .about("for networks distilled for trajectory consistency: partly along it, partly anew")
                        .source("Zheng et al. 2024, TCD, Algorithm 4")
                        .nfePerStep(1),
                Offer.of(DiffusionSampler.class, "consistency", Consistency::new, Consistency.NOISE)
                        .aliases("CMStochasticIterativeScheduler")
                        .about("for consistency models: one step, or several with fresh noise between")
                        .source("Song et al. 2023, Consistency Models, Algorithm 1")
                        .nfePerStep(1));
    }
}
