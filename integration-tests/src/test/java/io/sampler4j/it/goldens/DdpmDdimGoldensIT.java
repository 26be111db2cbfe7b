package io.sampler4j.it.goldens;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.runtime.run.Request;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/** DDPM, DDIM, its inversion, and UnCLIP. */
class DdpmDdimGoldensIT extends GoldenLoops {
    DdpmDdimGoldensIT() {
        super("ddpm-ddim");
    }

    @Override
    void amend(Golden golden, ObjectNode manifest) {
        manifest.putObject("clip").put("range", 1.0);
    }

    @Override
    void replay(Golden golden) throws IOException {
        if (golden.test().equals("batch_step_no_noise")) batchStep(golden);
        else fullLoop(golden);
    }

    private static boolean ddpm(Golden golden) {
        return golden.suite().startsWith("ddpm") || golden.suite().equals("unclip");
    }

    private void fullLoop(Golden golden) throws IOException {
        JsonNode config = golden.config();
        boolean ddpm = ddpm(golden), unclip = golden.suite().equals("unclip");
        Request request = request(golden).sampler(ddpm ? "ddpm" : "ddim");
        if (unclip) request = request.set("variance", "small-log");
        if (config.has("set_alpha_to_one") && !golden.flag("set_alpha_to_one")) {
            request = request.set("scheduler.end", "lowest");
        }
        if (golden.test().endsWith("with_noise")) {
            List<Integer> times = ddpm ? List.of(1, 0) : List.of(100, 0);
            double ratio = table()[times.get(0)];
            float[] start = Dummy.noised(
                    golden.shape(),
                    Coordinates.VP.at(ratio).alpha(),
                    Coordinates.VP.at(ratio).sigma());
            request = request.scheduler("explicit")
                    .set("scheduler.timesteps", times.get(0) + "," + times.get(1))
                    .initNoise(write(golden, "", start));
        } else if (golden.test().endsWith("skip_timesteps")) {
            request = request.scheduler("linspace").steps(25).initNoise(write(golden, "", Dummy.ramp(golden.shape())));
        } else {
            request = request.scheduler("leading").steps(ddpm ? 1000 : 10);
            request = golden.suite().equals("ddim_inverse")
                    ? request.set("model.time", "ahead").invert(write(golden, "", toInvert(golden)))
                    : request.initNoise(write(golden, "", Dummy.ramp(golden.shape())));
        }
        Replayed run = run(golden, request);
        double artefact = unclip ? lastStepOfUnclip() : 1;
        // Each of UnCLIP's thousand steps has such an artefact, none greater than the last one's.
        double more = golden.name().equals("unclip.full_loop") ? 1 / artefact - 1 : 0;
        int steps = run.steps();
        double[] end = Arrays.stream(golden.end()).map(e -> e / artefact).toArray();
        agree(run.state(steps, Coordinates.VP), end, TOLERANCE + more);
        for (int i = 0; i < steps; i++) {
            OptionalDouble sum = golden.sumAfter(i, steps);
            if (sum.isEmpty()) continue;
            double expected = i == steps - 1 ? sum.getAsDouble() / artefact : sum.getAsDouble();
            sumAgrees(run.state(i + 1, Coordinates.VP), i, expected, 2 * TOLERANCE + more);
        }
    }

    /** Three steps of batches that stand at different times are three runs of one step. */
    private void batchStep(Golden golden) throws IOException {
        boolean ddpm = ddpm(golden);
        int[] batch = {golden.shape()[0] / 3, 3, 8, 8};
        float[] all = new float[golden.size()];
        double[] ratios = table();
        for (int t = 0; t < 3; t++) {
            float[] start = Dummy.ramp(batch);
            for (int i = 0; i < start.length; i++) start[i] += t == 0 ? 0 : t == 1 ? 0.1f : -0.1f;
            double next = ddpm && t > 0 ? ratios[t - 1] : 0;
            Request request = request(golden)
                    .sampler(ddpm ? "ddpm" : "ddim")
                    .ratios(new double[] {ratios[t], next})
                    .count(batch[0])
                    .batch(batch[0])
                    .initNoise(write(golden.name() + t, batch, start));
            if (ddpm && t > 0) {
                int[] one = {1, batch[0], 3, 8, 8};
                request = request.stepNoise(write(golden.name() + t + ".zeros", one, new float[start.length]));
            }
            float[] end = end(request);
            System.arraycopy(Dummy.times(Coordinates.VP.at(next).alpha(), end), 0, all, t * end.length, end.length);
        }
        agree(all, golden.end(), TOLERANCE);
    }

    /**
     * By what the reference's UnCLIP scheduler multiplies x0 in its last step, where it should be 1: beta over 1 -
     * alpha-bar, of which the second has lost its digits in float32. Read in its step() and seen: 0.99947.
     */
    private static double lastStepOfUnclip() {
        double c0 = Math.cos(0.008 / 1.008 * Math.PI / 2), c1 = Math.cos((0.001 + 0.008) / 1.008 * Math.PI / 2);
        float beta = (float) (1 - c1 * c1 / (c0 * c0));
        return beta / (1f - (1f - beta));
    }

    /** The reference inverts x as it is; here samples are data, and alpha of the first level is applied to them. */
    private static float[] toInvert(Golden golden) {
        float[] x = Dummy.ramp(golden.shape());
        return golden.flag("set_alpha_to_one")
                ? x
                : Dummy.times(
                        1 / Math.sqrt(1 - golden.config().path("beta_start").asDouble()), x);
    }

    /** sigma/alpha of the linear betas from 1e-4 to 0.02. */
    private static double[] table() {
        double[] ratios = new double[1000];
        double bar = 1;
        for (int i = 0; i < 1000; i++) {
            bar *= 1 - (1e-4 + i * (0.02 - 1e-4) / 999);
            ratios[i] = Math.sqrt((1 - bar) / bar);
        }
        return ratios;
    }
}
