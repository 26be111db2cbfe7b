package io.sampler4j.plugins.solvers;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import java.util.List;
import org.pf4j.Extension;

/** The samplers {@code euler}, {@code heun}, {@code dpm2} and {@code euler-ancestral}. */
@Extension
public final class Solvers implements Contribution {
    /** For PF4J. */
    public Solvers() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(DiffusionSampler.class, "euler", o -> new Euler())
                        .aliases("EulerDiscreteScheduler", "Euler", "sample_euler")
                        .about("the plainest solver, in sigma")
                        .source("Karras et al. 2022, Algorithm 1")
                        .order(1, 2)
                        .nfePerStep(1),
                Offer.of(DiffusionSampler.class, "heun", o -> new Heun())
                        .aliases("HeunDiscreteScheduler", "Heun", "sample_heun")
                        .about("Euler with a correction: two evaluations per step, one in the step to sigma = 0")
                        .source("Karras et al. 2022, Algorithm 1")
                        .order(2, 3)
                        .nfePerStep(2),
                Offer.of(DiffusionSampler.class, "dpm2", o -> new Dpm2())
                        .aliases("KDPM2DiscreteScheduler", "DPM2", "sample_dpm_2")
                        .about("the midpoint rule in ln sigma: two evaluations per step, one in the step to sigma = 0")
                        .source("Lu et al. 2022, DPM-Solver, Algorithm 1; Karras et al. 2022")
                        .order(2, 3)
                        .nfePerStep(2),
                Offer.of(DiffusionSampler.class, "euler-ancestral", EulerAncestral::new, EulerAncestral.ETA)
                        .aliases("EulerAncestralDiscreteScheduler", "Euler a", "sample_euler_ancestral")
                        .about("Euler with DDPM's noise put back after each step")
                        .source("Ho et al. 2020, equation 7; k-diffusion")
                        .order(1, 2)
                        .nfePerStep(1));
    }
}
