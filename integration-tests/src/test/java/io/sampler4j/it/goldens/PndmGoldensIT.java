package io.sampler4j.it.goldens;

import io.sampler4j.api.diffusion.Coordinates;
import java.io.IOException;

/**
 * PNDM with its Runge-Kutta start. The reference's loop on a v network is not among them: it weighs the answers v of
 * several levels and takes the noise of the sum, where the paper weighs the noise.
 */
class PndmGoldensIT extends GoldenLoops {
    PndmGoldensIT() {
        super("pndm");
    }

    @Override
    void replay(Golden golden) throws IOException {
        Replayed run = run(
                golden,
                request(golden)
                        .sampler("pndm")
                        .scheduler("leading")
                        .steps(10)
                        .set("scheduler.end", golden.flag("set_alpha_to_one") ? "zero" : "lowest")
                        // From VP, where the reference is, to the sampler's VE: x / alpha = sqrt(sigma^2 + 1) x.
                        .set("run.init-scale", "root")
                        .initNoise(write(golden, "", Dummy.ramp(golden.shape()))));
        agree(run, golden, Coordinates.VP, 0);
    }
}
