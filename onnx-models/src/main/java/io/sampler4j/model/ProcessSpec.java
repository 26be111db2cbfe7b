package io.sampler4j.model;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The noise process a network was trained under.
 *
 * @param coordinates {@code VP} (alpha^2 + sigma^2 = 1), {@code VE} (alpha = 1) or {@code FLOW} (alpha + sigma = 1)
 * @param betas the table of a discrete process; empty for a continuous one
 * @param schedule how sigma/alpha depends on t for a continuous process; empty for flow matching, whose t is sigma, and
 *     where time is sigma/alpha itself
 * @param zeroSnr whether the table is rescaled so that its last level is pure noise (Lin et al. 2023, algorithm 1)
 * @param lowest the lowest noise the network knows, as sigma/alpha; empty where the table or the schedule says it, or it is 0
 * @param highest the highest noise the network knows, as sigma/alpha; empty where the table or the schedule
 *     says it, or it is infinite
 */
public record ProcessSpec(
        String coordinates,
        Optional<BetasSpec> betas,
        Optional<ScheduleSpec> schedule,
        boolean zeroSnr,
        OptionalDouble lowest,
        OptionalDouble highest) {}
