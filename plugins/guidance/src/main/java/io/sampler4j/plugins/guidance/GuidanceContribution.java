package io.sampler4j.plugins.guidance;

import io.sampler4j.api.diffusion.Guidance;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.List;
import org.pf4j.Extension;

/** The guidance kinds {@code cfg}, {@code cfg-rescaled}, {@code apg} and {@code autoguidance}. */
@Extension
public final class GuidanceContribution implements Contribution {
    /** For PF4J. */
    public GuidanceContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(Guidance.class, "cfg", ClassifierFree::new, Halves.SCALE, Halves.INTERVAL)
                        .aliases("ClassifierFreeGuidance")
                        .about("away from the unconditional estimate, towards the condition")
                        .source("Ho and Salimans 2022, equation 6; interval: Kynkaanniemi et al. 2024"),
                Offer.of(
                                Guidance.class,
                                "cfg-rescaled",
                                Rescaled::new,
                                Halves.SCALE,
                                Rescaled.RESCALE,
                                Rescaled.OF,
                                Halves.INTERVAL)
                        .aliases("RescaleCFG", "guidance_rescale")
                        .about("cfg whose spread is brought back towards the conditional estimate's")
                        .source("Lin et al. 2024, equations 14 to 16"),
                Offer.of(
                                Guidance.class,
                                "apg",
                                AdaptiveProjected::new,
                                Halves.SCALE,
                                AdaptiveProjected.THRESHOLD,
                                AdaptiveProjected.ETA,
                                AdaptiveProjected.MOMENTUM,
                                Halves.INTERVAL)
                        .aliases("AdaptiveProjectedGuidance")
                        .about("cfg without the part that saturates: adaptive projected guidance")
                        .source("Sadat, Hilliges and Weber 2025, Algorithm 1"),
                Offer.of(
                                Guidance.class,
                                "autoguidance",
                                Autoguidance::new,
                                Halves.SCALE,
                                Autoguidance.MODEL,
                                Halves.INTERVAL)
                        .about("away from a weaker model of the same data, with classes or without")
                        .source("Karras et al. 2024, Guiding a Diffusion Model with a Bad Version of Itself"));
    }
}
