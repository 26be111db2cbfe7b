package io.sampler4j.plugins.guidance;

import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.List;
import org.pf4j.Extension;

/** The guidance {@code cfg}. */
@Extension
public final class GuidanceContribution implements Contribution {
    /** For PF4J. */
    public GuidanceContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(Guidance.class, "cfg", ClassifierFree::new, ClassifierFree.SCALE, ClassifierFree.INTERVAL)
                        .about("away from the unconditional estimate, towards the condition")
                        .source("Ho and Salimans 2022, equation 6; interval: Kynkaanniemi et al. 2024"));
    }
}
