package io.sampler4j.plugins.schedules;

import io.sampler4j.api.diffusion.NoiseScheduler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.List;
import org.pf4j.Extension;

/** Spacings of training indices, levels between two ends, and {@code explicit}. */
@Extension
public final class Schedules implements Contribution {
    /** For PF4J. */
    public Schedules() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(NoiseScheduler.class, "leading", Leading::new, Family.OPTION, Leading.OFFSET, End.OPTION)
                        .about(
                                "every (N/n)-th training index from 0 up, plus an offset: what DDPM and DDIM were published with")
                        .source("Ho et al. 2020; Song et al. 2021, appendix D.2 (linear)"),
                Offer.of(NoiseScheduler.class, "trailing", Trailing::new, Family.OPTION, End.OPTION)
                        .aliases("sgm_uniform", "simple")
                        .about(
                                "evenly spaced training indices down from the last: starts where training's noise ends, for few steps and zero terminal SNR")
                        .source(
                                "Lin et al. 2024, Common Diffusion Noise Schedules and Sample Steps are Flawed, table 2"),
                Offer.of(NoiseScheduler.class, "linspace", Linspace::new, Family.OPTION, End.OPTION)
                        .about("evenly spaced training indices from the last to 0, both included")
                        .source("Nichol and Dhariwal 2021, section 4; Lin et al. 2024, table 2"),
                Offer.of(NoiseScheduler.class, "quadratic", Quadratic::new, Quadratic.OFFSET, End.OPTION)
                        .about("training indices that grow as squares up to 0.8 N: dense where there is little noise")
                        .source("Song et al. 2021, appendix D.2 (quadratic)"),
                Offer.of(
                                NoiseScheduler.class,
                                "karras",
                                Karras::new,
                                Between.SIGMA_MIN,
                                Between.SIGMA_MAX,
                                Karras.RHO,
                                End.OPTION)
                        .about("between two ends, evenly in sigma^(1/rho): short steps at low noise")
                        .source("Karras et al. 2022, equation 5"),
                Offer.of(
                                NoiseScheduler.class,
                                "exponential",
                                Polyexponential::exponential,
                                Between.SIGMA_MIN,
                                Between.SIGMA_MAX,
                                End.OPTION)
                        .aliases("uniform-lambda", "uniform-logsnr")
                        .about("between two ends, evenly in ln sigma, that is in log-SNR")
                        .source("Lu et al. 2022, DPM-Solver, section 3.4"),
                Offer.of(
                                NoiseScheduler.class,
                                "polyexponential",
                                Polyexponential::withRho,
                                Between.SIGMA_MIN,
                                Between.SIGMA_MAX,
                                Polyexponential.RHO,
                                End.OPTION)
                        .about("between two ends, by a power of the share of ln sigma")
                        .source("k-diffusion, get_sigmas_polyexponential"),
                Offer.of(
                                NoiseScheduler.class,
                                "beta",
                                Beta::new,
                                Between.SIGMA_MIN,
                                Between.SIGMA_MAX,
                                Beta.ALPHA,
                                Beta.BETA,
                                End.OPTION)
                        .about("between two ends, by the quantiles of a Beta distribution: dense at both")
                        .source("Lee et al. 2024, Beta Sampling is All You Need"),
                Offer.of(NoiseScheduler.class, "ays", Ays::new, Ays.TABLE, End.OPTION)
                        .aliases("AYS", "align-your-steps")
                        .about("lists optimized for Stable Diffusion 1.5, SDXL and SVD, at 10 steps or interpolated")
                        .source("Sabour et al. 2024, Align Your Steps"),
                Offer.of(
                                NoiseScheduler.class,
                                "explicit",
                                Explicit::new,
                                Explicit.TIMESTEPS,
                                Explicit.SIGMAS,
                                Explicit.LAMBDAS,
                                End.OPTION)
                        .about("the levels written out, as model times, sigmas or lambdas, noise first")
                        .source("any published list, such as Sabour et al. 2024, Align Your Steps"));
    }
}
