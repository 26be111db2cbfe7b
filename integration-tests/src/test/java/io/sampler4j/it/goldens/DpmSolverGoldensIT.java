package io.sampler4j.it.goldens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.runtime.run.Request;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * DPM-Solver++ with many steps and with one, its inversion and its EDM form, DEIS, UniPC and SA-Solver. The reference's
 * DPMSolverSDE is not among them: its sums need the Brownian tree of a library that made no record.
 */
class DpmSolverGoldensIT extends GoldenLoops {
    DpmSolverGoldensIT() {
        super("dpm-solver");
    }

    private static boolean edm(Golden golden) {
        return golden.suite().startsWith("edm");
    }

    /** The reference rounds a level's time to a whole index: so does a network that takes whole numbers. */
    @Override
    byte[] network(Golden golden) {
        boolean v = golden.config().path("prediction_type").asText().equals("v_prediction");
        return edm(golden)
                ? Dummy.edmNetwork(
                        golden.shape(), golden.config().path("sigma_data").asDouble(), v)
                : Dummy.network(golden.shape(), true);
    }

    @Override
    void amend(Golden golden, ObjectNode manifest) {
        if (!edm(golden)) return;
        double[] levels = golden.sigmas();
        manifest.put("prediction", "F")
                .put("sigmaData", golden.config().path("sigma_data").asDouble());
        manifest.putObject("process")
                .put("coordinates", "VE")
                .put("lowest", golden.config().path("sigma_min").asDouble())
                .put(
                        "highest",
                        Math.max(levels[0], golden.config().path("sigma_max").asDouble()));
        manifest.putObject("time").put("kind", "c_noise").put("perSample", true);
    }

    @Override
    void replay(Golden golden) throws IOException {
        double[] levels = golden.sigmas();
        int from = levels.length - 1 - golden.steps();
        if (golden.suite().equals("dpm_single") && from > 0) {
            lateStart(golden, from);
        } else {
            agree(run(golden, asked(golden, from, levels.length, start(golden, from))), golden, reference(golden), 0);
        }
    }

    /** The reference counts a pair's first step by its place in the whole schedule, so that a late start stands alone. */
    private void lateStart(Golden golden, int from) throws IOException {
        double[] levels = golden.sigmas();
        Replayed first = run(golden, asked(golden, from, from + 2, start(golden, from)));
        float[] after = first.state(1, Coordinates.VP);
        sumAgrees(after, 0, golden.sumAfter(0, golden.steps()).orElseThrow(), 2 * TOLERANCE);
        agree(run(golden, asked(golden, from + 1, levels.length, after)), golden, Coordinates.VP, 1);
    }

    /** The schedulers that a user names make the levels that the loops are replayed on. */
    @TestFactory
    Stream<DynamicTest> theReferencesLevelsAreThoseOfOurSchedulers() throws IOException {
        return Golden.all("dpm-solver").stream()
                .filter(g -> !edm(g))
                .map(g -> DynamicTest.dynamicTest(g.name(), () -> levelsAgree(g)));
    }

    private void levelsAgree(Golden golden) throws IOException {
        double[] expected = golden.sigmas();
        boolean inverse = golden.suite().endsWith("inverse");
        if (inverse) expected = reversed(expected);
        boolean spaced = !golden.flag("use_karras_sigmas") && !golden.flag("use_lu_lambdas");
        // The reference repeats the lowest (of an inversion, the highest) of n levels; n levels make n - 1 steps.
        if (!spaced) expected = inverse ? Arrays.copyOfRange(expected, 1, 11) : Arrays.copyOf(expected, 10);
        String scheduler = spaced ? "linspace" : golden.flag("use_karras_sigmas") ? "karras" : "exponential";
        Request request = request(golden)
                .sampler("dpmpp-2m")
                .scheduler(scheduler)
                .steps(expected.length - 1)
                .set("scheduler.end", "lowest")
                .initNoise(write(golden, ".levels", Dummy.ramp(golden.shape())));
        double[] made = run(golden, spaced ? request.set("scheduler.family", "lambda") : request)
                .ratios();
        assertThat(made).hasSize(expected.length);
        for (int i = 0; i < made.length; i++) {
            // The reference's levels are float32, made in a few operations.
            assertThat(made[i]).as("level %d", i).isCloseTo(expected[i], within(1e-6 * expected[i]));
        }
    }

    private static double[] reversed(double[] levels) {
        double[] turned = new double[levels.length];
        for (int i = 0; i < levels.length; i++) turned[i] = levels[levels.length - 1 - i];
        return turned;
    }

    /** A run over the reference's levels from one index to before another; the start is in the reference's coordinates. */
    private Request asked(Golden golden, int from, int to, float[] start) throws IOException {
        double[] levels = Arrays.copyOfRange(golden.sigmas(), from, to);
        Request request = request(golden).ratios(levels);
        String lowerFinal = String.valueOf(golden.flag("lower_order_final"));
        request = switch (golden.suite()) {
            case "dpm_multi", "dpm_multi_inverse", "edm_dpmsolver_multistep" ->
                request.sampler("dpmpp-2m").set("lower-final", lowerFinal);
            case "dpm_single" -> request.sampler("dpmpp-2s").set("inner", "grid");
            case "deis" -> request.sampler("deis").set("lower-final", lowerFinal);
            case "unipc", "unipc_1d" -> request.sampler("unipc").set("lower-final", lowerFinal);
            case "sasolver" -> saSolver(golden, request.sampler("sa-solver").set("lower-final", lowerFinal));
            default -> throw new IllegalArgumentException("a golden of " + golden.suite());
        };
        if (golden.suite().endsWith("inverse")) {
            // Samples are data: the run applies alpha of the first level, which the reference's x already has.
            double alpha = Coordinates.VP.at(levels[0]).alpha();
            return request.invert(write(golden, from + "", Dummy.times(1 / alpha, start)));
        }
        // DEIS runs in VE coordinates: x / alpha is sqrt(sigma^2 + 1) x. EDM's loops begin with x itself.
        if (golden.suite().equals("deis")) request = request.set("init-scale", "root");
        if (edm(golden)) request = request.set("init-scale", "unit");
        return request.initNoise(write(golden, from + "", start));
    }

    /** The reference's noise is for times from 200 to 800; here that is said as sigma/alpha. */
    private static Request saSolver(Golden golden, Request request) {
        double lowest = Double.POSITIVE_INFINITY, highest = 0;
        for (int i = 0; i < golden.timesteps().length; i++) {
            double t = golden.timesteps()[i];
            if (t < 200 || t > 800) continue;
            lowest = Math.min(lowest, golden.sigmas()[i]);
            highest = Math.max(highest, golden.sigmas()[i]);
        }
        // A little wider, for the levels are the bounds themselves.
        return request.set("tau-min", String.valueOf(.999 * lowest)).set("tau-max", String.valueOf(1.001 * highest));
    }

    private static float[] start(Golden golden, int from) {
        if (!golden.test().endsWith("with_noise")) return Dummy.ramp(golden.shape());
        NoiseLevel at = reference(golden).at(golden.sigmas()[from]);
        return Dummy.noised(golden.shape(), at.alpha(), at.sigma());
    }

    private static Coordinates reference(Golden golden) {
        return edm(golden) ? Coordinates.VE : Coordinates.VP;
    }
}
