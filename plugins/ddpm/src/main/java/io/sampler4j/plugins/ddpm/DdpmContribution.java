package io.sampler4j.plugins.ddpm;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.List;
import org.pf4j.Extension;

/** The sampler {@code ddpm}. */
@Extension
public final class DdpmContribution implements Contribution {
    /** For PF4J. */
    public DdpmContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(Offer.of(DiffusionSampler.class, "ddpm", Ddpm::new, Ddpm.VARIANCE)
                .aliases("DDPMScheduler", "UnCLIPScheduler")
                .about("ancestral sampling: draws each step from the posterior q(x_s | x_t, x0)")
                .source("Ho et al. 2020, algorithm 2; learned variance: Nichol and Dhariwal 2021, section 3.1")
                .nfePerStep(1));
    }
}
