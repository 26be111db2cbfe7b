package io.sampler4j.it.goldens;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.api.diffusion.NoiseLevel;
import io.sampler4j.runtime.run.Request;
import java.io.IOException;
import java.util.Arrays;

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
