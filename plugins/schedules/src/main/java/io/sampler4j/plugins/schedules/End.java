package io.sampler4j.plugins.schedules;

import io.sampler4j.api.diffusion.NoiseProcess;
import io.sampler4j.api.plugin.Option;
import java.util.List;

/**
 * Where a run ends after the last level that the network is asked about: at the data, or at the lowest noise the network
 * knows. The second is diffusers' {@code set_alpha_to_one=False} (DDIM, PNDM) and {@code final_sigmas_type=sigma_min}
 * (Euler, DPM++).
 */
final class End {
    static final Option<String> OPTION = Option.oneOf(
            "end", List.of("zero", "lowest"), "the last level: sigma = 0, or the lowest noise that the model knows");

    private End() {}

    static double ratio(String end, NoiseProcess process) {
        return end.equals("zero") ? 0 : process.lowest();
    }
}
