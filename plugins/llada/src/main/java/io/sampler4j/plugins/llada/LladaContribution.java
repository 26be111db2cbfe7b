package io.sampler4j.plugins.llada;

import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.stage.TokenScorer;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import java.util.List;
import org.pf4j.Extension;

/** The token sampler {@code llada}, the curves {@code linear} and {@code dream}, the token scorer {@code llada}. */
@Extension
public final class LladaContribution implements Contribution {
    private static final Option<Double> EPS =
            Option.decimal("eps", 1e-3, 1e-9, .5, "the time at which the last step begins its last move");

    /** For PF4J. */
    public LladaContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(TokenSampler.class, "llada", Llada::new, Llada.OPTIONS.toArray(new Option<?>[0]))
                        .about("masked diffusion: settle the surest, block by block; Fast-dLLM's and Dream's rules")
                        .source("Nie et al. 2025, algorithms 4 and 5; Wu et al. 2025; Ye et al. 2025")
                        .nfePerStep(1),
                Offer.of(TokenScheduler.class, "linear", o -> (process, steps) -> new LinearCurve(steps))
                        .about("as many positions in every step")
                        .source("Nie et al. 2025, equation 8"),
                Offer.of(
                                TokenScheduler.class,
                                "dream",
                                o -> {
                                    float eps = o.get(EPS).floatValue();
                                    return (process, steps) -> new DreamCurve(steps, eps);
                                },
                                EPS)
                        .about("the whole part of what is left times 1 - s/t, the rest in the last step")
                        .source("Ye et al. 2025"),
                Offer.of(TokenScorer.class, "llada", LladaBound::new, LladaBound.SAMPLES)
                        .about("a bound on the log-likelihood, with its standard error")
                        .source("Nie et al. 2025, equation 6"));
    }
}
