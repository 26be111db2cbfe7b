package io.sampler4j.plugins.vqgan;

import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import java.util.List;
import org.pf4j.Extension;

/** The token samplers {@code autoregressive} and {@code maskgit}, and MaskGIT's schedules. */
@Extension
public final class VqganContribution implements Contribution {
    private static final String SOURCE = "Chang et al. 2022, section 3.3";
    private static final Option<Double> EXPONENT =
            Option.decimal("exponent", 2, 1e-3, 1e3, "k: below 1 settles most at first, above 1 most at last");

    /** For PF4J. */
    public VqganContribution() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(
                                TokenSampler.class,
                                "autoregressive",
                                Autoregressive::new,
                                Autoregressive.OPTIONS.toArray(new Option<?>[0]))
                        .about("one position after the other, in raster order")
                        .source("Esser et al. 2021, section 3.2"),
                Offer.of(TokenSampler.class, "maskgit", MaskGit::new, MaskGit.OPTIONS.toArray(new Option<?>[0]))
                        .about("parallel decoding: draw all, keep the most confident")
                        .source("Chang et al. 2022, section 3.2")
                        .nfePerStep(1),
                schedule("cosine", "cos(pi r/2): few at first, most at last", MaskSchedule::cosine),
                schedule("square", "1 - r^2", MaskSchedule.power(2)).aliases("pow2"),
                schedule("uniform", "1 - r, whole parts of it", MaskSchedule::uniform),
                schedule("log", "-log r/log positions: many at first", MaskSchedule::log),
                schedule("exp", "1 - positions^(r - 1): hardly any at first", MaskSchedule::exp),
                Offer.of(TokenScheduler.class, "pow", o -> scheduler(MaskSchedule.power(o.get(EXPONENT))), EXPONENT)
                        .about("1 - r^k")
                        .source(SOURCE));
    }

    private static Offer<TokenScheduler> schedule(String name, String about, MaskSchedule.Gamma gamma) {
        return Offer.of(TokenScheduler.class, name, o -> scheduler(gamma))
                .about(about)
                .source(SOURCE);
    }

    private static TokenScheduler scheduler(MaskSchedule.Gamma gamma) {
        return (process, steps) -> new MaskSchedule(gamma, steps, process.open());
    }
}
