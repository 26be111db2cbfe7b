package io.sampler4j.plugins.scoresde;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.List;
import org.pf4j.Extension;

/** The sampler {@code ve-pc}. */
@Extension
public final class ScoreSdeContribution implements Contribution {
    /** For PF4J. */
    public ScoreSdeContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(Offer.of(
                        DiffusionSampler.class,
                        "ve-pc",
                        PredictorCorrector::new,
                        PredictorCorrector.SNR,
                        PredictorCorrector.CORRECTIONS)
                .aliases("ScoreSdeVeScheduler")
                .about("reverse diffusion with Langevin corrections; evaluations per step: 1 + correct-steps")
                .source("Song et al. 2021, Algorithms 2 and 4"));
    }
}
