package io.sampler4j.plugins.nice;

import io.sampler4j.api.generator.FlowEditor;
import io.sampler4j.api.generator.GeneratorSampler;
import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.stage.FlowScorer;
import java.util.List;
import org.pf4j.Extension;

/** Samples, likelihoods and inpainting by flows, and the distributions of their latents. */
@Extension
public final class NiceContribution implements Contribution {
    /** For PF4J. */
    public NiceContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(GeneratorSampler.class, "nice", Nice::new, Nice.TEMPERATURE)
                        .about("one call of the network on a drawn latent, for flows and other generators")
                        .source("Dinh et al. 2014, section 3.3")
                        .nfePerStep(1),
                Offer.of(LatentDistribution.class, "logistic", o -> new Logistic())
                        .about("independent standard logistic dimensions")
                        .source("Dinh et al. 2014, section 3.4"),
                Offer.of(LatentDistribution.class, "gaussian", o -> new Gaussian())
                        .aliases("normal")
                        .about("independent standard normal dimensions")
                        .source("Dinh et al. 2014, section 3.4"),
                Offer.of(FlowScorer.class, "flow", FlowLikelihood::new, FlowLikelihood.LEVELS, FlowLikelihood.DRAWS)
                        .about("the exact log-likelihood: that of the latent, and the change of volume")
                        .source("Dinh et al. 2014, equation 3"),
                Offer.of(
                                FlowEditor.class,
                                "gradient-ascent",
                                GradientAscent::new,
                                GradientAscent.ITERATIONS,
                                GradientAscent.GRADIENT,
                                GradientAscent.NOISE)
                        .about("inpainting by stochastic gradient ascent on the log-likelihood")
                        .source("Dinh et al. 2014, section 5.2")
                        .nfePerStep(1));
    }
}
