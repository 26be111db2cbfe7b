package io.sampler4j.plugins.ddpm;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.stage.DiffusionScorer;
import java.util.List;
import org.pf4j.Extension;

/** The sampler {@code ddpm}, and the bound on the likelihood of which it is the other side. */
@Extension
public final class DdpmContribution implements Contribution {
    /** For PF4J. */
    public DdpmContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(DiffusionSampler.class, "ddpm", Ddpm::new, Ddpm.VARIANCE)
                        .aliases("DDPMScheduler", "UnCLIPScheduler")
                        .about("ancestral sampling: draws each step from the posterior q(x_s | x_t, x0)")
                        .source("Ho et al. 2020, algorithm 2; learned variance: Nichol and Dhariwal 2021, section 3.1")
                        .nfePerStep(1),
                Offer.of(
                                DiffusionScorer.class,
                                "ddpm",
                                DdpmBound::new,
                                DdpmBound.TERMS,
                                DdpmBound.LEVELS,
                                Ddpm.VARIANCE)
                        .about("the variational bound of a network trained on discrete steps, in nats")
                        .source("Ho et al. 2020, equation 5 and section 3.3; Nichol and Dhariwal 2021, equation 4"));
    }
}
