package io.sampler4j.plugins.schedules;

import io.sampler4j.api.plugin.Option;
import java.util.List;

/**
 * The three conventions by which diffusers' schedulers space the same names, after the samplers that use them.
 * {@code ddim} (DDPM, DDIM, PNDM): whole training indices. {@code sigma} (Euler, Heun, LMS, DPM2): {@code linspace} is
 * not rounded. {@code lambda} (DPM-Solver++, UniPC, DEIS): {@code leading} and {@code linspace} space n + 1 points and
 * leave out the lowest.
 */
final class Family {
    static final Option<String> OPTION = Option.oneOf(
            "family",
            List.of("ddim", "sigma", "lambda"),
            "whose spacing: DDIM's whole indices, Euler's fractions, or DPM++'s n + 1 points less the lowest");

    private Family() {}
}
