package io.sampler4j.plugins.ddim;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.List;
import org.pf4j.Extension;

/** The sampler {@code ddim}. */
@Extension
public final class DdimContribution implements Contribution {
    /** For PF4J. */
    public DdimContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(Offer.of(DiffusionSampler.class, "ddim", Ddim::new, Ddim.ETA)
                .aliases("DDIMScheduler", "DDIMInverseScheduler")
                .about("deterministic at eta=0, ancestral at eta=1; on a grid from data to noise, the inversion")
                .source("Song et al. 2021, equations 12 and 16")
                .order(1, 2)
                .nfePerStep(1));
    }
}
