package io.sampler4j.plugins.dpmsolver;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.api.plugin.Contribution;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.plugin.Options;
import java.util.List;
import org.pf4j.Extension;

/**
 * The samplers {@code dpmpp-2m}, {@code dpmpp-3m}, {@code dpmpp-2m-sde}, {@code dpmpp-3m-sde}, {@code dpmpp-2s}, {@code
 * dpmpp-3s}, {@code dpmpp-2s-ancestral}, {@code dpmpp-sde}, {@code deis}, {@code unipc} and {@code sa-solver}.
 */
@Extension
public final class DpmSolvers implements Contribution {
    static final Option<Double> ETA =
            Option.decimal("eta", 1, 0, 1, "share of the reverse diffusion's noise: 0 is the ODE, 1 the SDE");
    static final Option<Double> NOISE =
            Option.decimal("noise", 1, 0, 2, "standard deviation of the noise drawn (s_noise)");
    static final Option<String> SOLVER = Option.oneOf(
            "solver",
            List.of("midpoint", "heun"),
            "how the slope of x0 is integrated: by the half of the step, or exactly");
    static final Option<String> CURVATURE = Option.oneOf(
            "curvature",
            List.of("exact", "half"),
            "how much of three values' curvature is taken: all, or the half that the authors' code, diffusers and "
                    + "k-diffusion take, which is of local order 3");
    static final Option<Boolean> LOWER_FINAL = Option.flag(
            "lower-final", false, "the last step has order 1, the one before at most 2 (lower_order_final)");
    static final Option<Boolean> LOWER_FINAL_ON =
            Option.flag("lower-final", true, "the last step has order 1, the one before at most 2 (lower_order_final)");
    private static final Option<Integer> ORDER = Option.whole("order", 2, 1, 3, "answers behind a prediction");
    private static final Option<String> VARIANT =
            Option.oneOf("variant", List.of("bh2", "bh1"), "the paper's B(h), which acts where there are two values");
    private static final Option<Boolean> CORRECTOR =
            Option.flag("corrector", true, "takes each step again with the answer at its end (UniC)");
    private static final Option<List<Integer>> SKIP = Option.wholes(
            "skip-corrector", List.of(), 0, 10_000, "steps, from 0, that are not taken again (disable_corrector)");
    private static final Option<Integer> PREDICTOR = Option.whole("predictor", 2, 1, 4, "answers behind a prediction");
    private static final Option<Integer> VALUES =
            Option.whole("corrector", 2, 0, 4, "answers behind a correction, the new one included; 0 for none");
    private static final Option<Double> TAU = Option.decimal(
            "tau", 1, 0, 10, "how much noise: 0 is the ODE, 1 the reverse SDE; the noise's variance grows with tau^2");
    private static final Option<Double> TAU_MIN =
            Option.decimal("tau-min", .05, 0, 1e9, "no noise at a sigma/alpha below");
    private static final Option<Double> TAU_MAX =
            Option.decimal("tau-max", 50, 0, 1e9, "no noise at a sigma/alpha above");
    private static final Option<String> SLOPE = Option.oneOf(
            "slope",
            List.of("leading", "exact"),
            "how two values are integrated: as the authors' code does, or exactly");

    /** For PF4J. */
    public DpmSolvers() {}

    @Override
    public List<Offer<?>> offers() {
        return List.of(
                Offer.of(
                                DiffusionSampler.class,
                                "dpmpp-2m",
                                o -> multistep("dpmpp-2m", 2, slope(o), 1, o),
                                SOLVER,
                                LOWER_FINAL)
                        .aliases("DPMSolverMultistepScheduler", "dpmpp_2m", "DPM++ 2M", "sample_dpmpp_2m")
                        .about("second order for one evaluation per step, from the estimate of the step before")
                        .source("Lu et al. 2022, DPM-Solver++, Algorithm 2")
                        .order(2, 3)
                        .nfePerStep(1),
                Offer.of(
                                DiffusionSampler.class,
                                "dpmpp-3m",
                                o -> multistep("dpmpp-3m", 3, slope(o), curvature(o), o),
                                SOLVER,
                                CURVATURE,
                                LOWER_FINAL)
                        .aliases("dpmpp_3m", "DPM++ 3M")
                        .about(
                                "three estimates for one evaluation per step: third order but for its first steps, which bound a run at 2")
                        .source("Lu et al. 2022, DPM-Solver++, appendix D")
                        .order(2, 4)
                        .nfePerStep(1),
                Offer.of(
                                DiffusionSampler.class,
                                "dpmpp-2m-sde",
                                o -> stochastic("dpmpp-2m-sde", 2, slope(o), 1, o),
                                ETA,
                                NOISE,
                                SOLVER,
                                LOWER_FINAL)
                        .aliases("dpmpp_2m_sde", "DPM++ 2M SDE", "sample_dpmpp_2m_sde")
                        .about("dpmpp-2m for the reverse SDE")
                        .source("Lu et al. 2022, DPM-Solver++, appendix B")
                        .nfePerStep(1),
                Offer.of(
                                DiffusionSampler.class,
                                "dpmpp-3m-sde",
                                o -> stochastic("dpmpp-3m-sde", 3, DataStep.Slope.EXACT, curvature(o), o),
                                ETA,
                                NOISE,
                                CURVATURE,
                                LOWER_FINAL)
                        .aliases("dpmpp_3m_sde", "DPM++ 3M SDE", "sample_dpmpp_3m_sde")
                        .about("dpmpp-3m for the reverse SDE")
                        .source("k-diffusion; Lu et al. 2022, DPM-Solver++")
                        .nfePerStep(1),
                Offer.of(
                                DiffusionSampler.class,
                                "dpmpp-2s",
                                o -> new SingleStep("dpmpp-2s", 2, slope(o), o),
                                SOLVER,
                                SingleStep.INNER)
                        .aliases("DPMSolverSinglestepScheduler", "dpmpp_2s", "DPM++ 2S")
                        .about("second order within each step: two evaluations, one in the step to the data")
                        .source("Lu et al. 2022, DPM-Solver++, Algorithm 1")
                        .order(2, 3)
                        .nfePerStep(2),
                Offer.of(
                                DiffusionSampler.class,
                                "dpmpp-3s",
                                o -> new SingleStep("dpmpp-3s", 3, slope(o), o),
                                SOLVER,
                                SingleStep.INNER)
                        .aliases("dpmpp_3s", "DPM++ 3S")
                        .about("third order within each step: three evaluations, one in the step to the data")
                        .source("Lu et al. 2022, DPM-Solver++, appendix A")
                        .order(3, 4)
                        .nfePerStep(3),
                Offer.of(DiffusionSampler.class, "dpmpp-2s-ancestral", SecondOrderAncestral::new, ETA, NOISE)
                        .aliases("dpmpp_2s_ancestral", "DPM++ 2S a", "sample_dpmpp_2s_ancestral")
                        .about("dpmpp-2s with DDPM's noise put back after each step")
                        .source("k-diffusion; Lu et al. 2022, DPM-Solver++, Algorithm 1")
                        .nfePerStep(2),
                Offer.of(DiffusionSampler.class, "dpmpp-sde", SecondOrderSde::new, ETA, NOISE)
                        .aliases("DPMSolverSDEScheduler", "dpmpp_sde", "DPM++ SDE", "sample_dpmpp_sde")
                        .about("the reverse SDE by its midpoint: two evaluations per step, on one Brownian path")
                        .source("k-diffusion; Lu et al. 2022, DPM-Solver++")
                        .nfePerStep(2),
                Offer.of(DiffusionSampler.class, "deis", Deis::new, Deis.ORDER, LOWER_FINAL_ON)
                        .aliases("DEISMultistepScheduler", "DEIS")
                        .about("the noise as a polynomial in ln sigma: one evaluation per step; order 2 unless asked")
                        .source("Zhang and Chen 2023, DEIS, section 3")
                        .order(2, 3)
                        .nfePerStep(1),
                Offer.of(
                                DiffusionSampler.class,
                                "unipc",
                                DpmSolvers::unipc,
                                ORDER,
                                VARIANT,
                                CORRECTOR,
                                SKIP,
                                LOWER_FINAL_ON)
                        .aliases("UniPCMultistepScheduler", "uni_pc", "UniPC", "uni_pc_bh2")
                        .about(
                                "predictor and corrector for one evaluation per step; order 3 in a run with lower-final=false")
                        .source("Zhao et al. 2023, UniPC, Algorithms 5 and 6")
                        .order(2, 4)
                        .nfePerStep(1),
                Offer.of(
                                DiffusionSampler.class,
                                "sa-solver",
                                DpmSolvers::saSolver,
                                PREDICTOR,
                                VALUES,
                                TAU,
                                TAU_MIN,
                                TAU_MAX,
                                NOISE,
                                SLOPE,
                                LOWER_FINAL_ON)
                        .aliases("SASolverScheduler", "SA-Solver", "sa_solver")
                        .about("stochastic Adams predictor and corrector, with noise between two levels")
                        .source("Xue et al. 2023, SA-Solver, Algorithm 1")
                        .nfePerStep(1));
    }

    private static DataStep.Slope slope(Options o) {
        return o.get(SOLVER).equals("heun") ? DataStep.Slope.EXACT : DataStep.Slope.MIDPOINT;
    }

    private static double curvature(Options o) {
        return o.get(CURVATURE).equals("half") ? .5 : 1;
    }

    private static DiffusionSampler multistep(
            String name, int order, DataStep.Slope slope, double curvature, Options o) {
        Adams.Rule rule = new Adams.Rule(order, 0, slope, curvature, o.get(LOWER_FINAL), 0, false);
        return new Adams(name, rule, from -> 0);
    }

    private static DiffusionSampler stochastic(
            String name, int order, DataStep.Slope slope, double curvature, Options o) {
        double eta = o.get(ETA);
        Adams.Rule rule = new Adams.Rule(order, 0, slope, curvature, o.get(LOWER_FINAL), o.get(NOISE), false);
        return new Adams(name, rule, from -> eta);
    }

    private static DiffusionSampler unipc(Options o) {
        int order = o.get(ORDER);
        DataStep.Slope slope = o.get(VARIANT).equals("bh1") ? DataStep.Slope.LEADING : DataStep.Slope.MIDPOINT;
        List<Integer> skip = o.get(SKIP);
        Adams.Rule rule =
                new Adams.Rule(order, o.get(CORRECTOR) ? order + 1 : 0, slope, 1, o.get(LOWER_FINAL_ON), 0, false);
        Adams.Steps steps = new Adams.Steps() {
            @Override
            public double eta(NoiseLevel from) {
                return 0;
            }

            @Override
            public boolean corrects(int i) {
                return !skip.contains(i - 1);
            }
        };
        return new Adams("unipc", rule, steps, ORDER.name());
    }

    private static DiffusionSampler saSolver(Options o) {
        double tau = o.get(TAU), min = o.get(TAU_MIN), max = o.get(TAU_MAX);
        DataStep.Slope slope = o.get(SLOPE).equals("exact") ? DataStep.Slope.EXACT : DataStep.Slope.LEADING;
        Adams.Rule rule =
                new Adams.Rule(o.get(PREDICTOR), o.get(VALUES), slope, 1, o.get(LOWER_FINAL_ON), o.get(NOISE), tau > 0);
        Adams.Steps steps = from -> min <= from.ratio() && from.ratio() <= max ? tau * tau : 0;
        return new Adams("sa-solver", rule, steps, PREDICTOR.name());
    }
}
