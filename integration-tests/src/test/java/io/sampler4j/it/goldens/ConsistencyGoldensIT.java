package io.sampler4j.it.goldens;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.diffusion.Coordinates;
import io.sampler4j.runtime.run.Request;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** LCM with its boundary, TCD without noise, and multistep consistency sampling with its preconditioning. */
class ConsistencyGoldensIT extends GoldenLoops {
    ConsistencyGoldensIT() {
        super("consistency");
    }

    @Override
    void amend(Golden golden, ObjectNode manifest) {
        manifest.put("distilled", true);
        if (golden.suite().equals("lcm")) {
            manifest.putObject("boundary").put("sigmaData", .5).put("timeScale", 10);
        } else if (golden.suite().equals("consistency_model")) {
            manifest.put("prediction", "F")
                    .put("preconditioning", "consistency")
                    .put("sigmaData", .5);
            manifest.putObject("process")
                    .put("coordinates", "VE")
                    .put("lowest", .002)
                    .put("highest", 80);
            manifest.putObject("time").put("kind", "c_noise").put("scale", 1000).put("perSample", true);
            manifest.putObject("clip").put("range", 1);
        }
    }

    @Override
    void replay(Golden golden) throws IOException {
        if (golden.suite().equals("consistency_model")) {
            multistep(golden);
            return;
        }
        String times =
                Arrays.stream(golden.timesteps()).mapToObj(String::valueOf).collect(Collectors.joining(","));
        Request request = request(golden)
                .sampler(golden.suite())
                .scheduler("explicit")
                .set("scheduler.timesteps", times)
                .initNoise(write(golden, "", Dummy.ramp(golden.shape())));
        if (golden.suite().equals("tcd")) request = request.set("gamma", "0").set("scheduler.end", "lowest");
        agree(run(golden, request), golden, Coordinates.VP, 0);
    }

    private void multistep(Golden golden) throws IOException {
        double[] levels = golden.sigmas();
        int from = levels.length - 1 - golden.steps();
        // The reference's late start puts the noise on a sample that is already 80 times the ramp.
        float[] start = golden.test().endsWith("with_noise")
                ? Dummy.noised(golden.shape(), 80, levels[from])
                : Dummy.times(80, Dummy.ramp(golden.shape()));
        Request request = request(golden)
                .sampler("consistency")
                .ratios(Arrays.copyOfRange(levels, from, levels.length))
                .set("run.init-scale", "unit")
                .initNoise(write(golden, "", start));
        agree(run(golden, request), golden, Coordinates.VE, 0);
    }
}
