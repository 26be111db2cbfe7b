package io.sampler4j.plugins.solvers;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import java.util.List;
import org.pf4j.Extension;

/**
 * The samplers {@code euler}, {@code heun}, {@code dpm2}, {@code euler-ancestral}, {@code dpm2-ancestral}, {@code lms}, {@code
 * pndm} and {@code ipndm}.
 */
@Extension
public final class Solvers implements Contribution {
    /** For PF4J. */
    public Solvers() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(DiffusionSampler.class, "euler", Euler::new, churn())
                        .aliases("EulerDiscreteScheduler", "Euler", "sample_euler")
                        .about("the plainest solver, in sigma")
                        .source("Karras et al. 2022, Algorithm 1")
                        .order(1, 2)
                        .nfePerStep(1),
                Offer.of(DiffusionSampler.class, "heun", Heun::new, churn())
                        .aliases("HeunDiscreteScheduler", "Heun", "sample_heun")
                        .about("Euler with a correction: two evaluations per step, one in the step to sigma = 0")
                        .source("Karras et al. 2022, Algorithm 1")
                        .order(2, 3)
                        .nfePerStep(2),
                Offer.of(DiffusionSampler.class, "dpm2", Dpm2::new, churn())
                        .aliases("KDPM2DiscreteScheduler", "DPM2", "sample_dpm_2")
                        .about("the midpoint rule in ln sigma: two evaluations per step, one in the step to sigma = 0")
                        .source("Lu et al. 2022, DPM-Solver, Algorithm 1; Karras et al. 2022")
                        .order(2, 3)
                        .nfePerStep(2),
                Offer.of(DiffusionSampler.class, "euler-ancestral", EulerAncestral::new, Ancestral.ETA, Ancestral.NOISE)
                        .aliases("EulerAncestralDiscreteScheduler", "Euler a", "sample_euler_ancestral")
                        .about("Euler with DDPM's noise put back after each step")
                        .source("Ho et al. 2020, equation 7; k-diffusion")
                        .order(1, 2)
                        .nfePerStep(1),
                Offer.of(DiffusionSampler.class, "dpm2-ancestral", Dpm2Ancestral::new, Ancestral.ETA, Ancestral.NOISE)
                        .aliases("KDPM2AncestralDiscreteScheduler", "DPM2 a", "sample_dpm_2_ancestral")
                        .about("dpm2 with DDPM's noise put back after each step")
                        .source("k-diffusion; Lu et al. 2022, DPM-Solver, Algorithm 1")
                        .nfePerStep(2),
                Offer.of(DiffusionSampler.class, "lms", Lms::new, Lms.ORDER)
                        .aliases("LMSDiscreteScheduler", "LMS", "sample_lms")
                        .about("the noise as a polynomial in sigma, from the steps before: one evaluation per step")
                        .source("Hairer, Norsett and Wanner, III.1; k-diffusion")
                        .order(2, 3)
                        .nfePerStep(1),
                Offer.of(DiffusionSampler.class, "pndm", Pndm::new, Pndm.SKIP_PRK)
                        .aliases("PNDMScheduler", "PNDM", "PLMS")
                        .about("multistep in the network's own time, after three steps of four evaluations")
                        .source("Liu et al. 2022, PNDM, Algorithm 2"),
                Offer.of(DiffusionSampler.class, "ipndm", Ipndm::new, Ipndm.ORDER)
                        .aliases("IPNDMScheduler", "iPNDM", "sample_ipndm")
                        .about("pndm without its first steps: one evaluation per step, for grids even in own time")
                        .source("Zhang and Chen 2023, DEIS, appendix")
                        .nfePerStep(1));
    }

    private static Option<?>[] churn() {
        return new Option<?>[] {Churn.CHURN, Churn.MIN, Churn.MAX, Churn.NOISE};
    }
}
