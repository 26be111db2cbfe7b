package io.sampler4j.plugins.dpmsolver;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.diffusion.NoiseGrid;

/** Where an exponential integrator can start, and how many steps it takes. */
final class Ends {
    private Ends() {}

    /** lambda is infinite where sigma is 0: a run may end there, not start. */
    static void check(String name, NoiseGrid grid, Refusals refuse) {
        refuse.unless(
                grid.first().sigma() > 0,
                "%s divides by sigma and cannot start at sigma = 0: from data to noise take ddim or heun, or a grid with "
                        + "end=lowest",
                name);
    }

    /** An order that the user chose is reached, or refused. */
    static void check(String name, String option, int order, NoiseGrid grid, Refusals refuse) {
        refuse.unless(
                order <= grid.steps(),
                "%s with %s=%d takes the answers of %d steps together, and this run has %d: take %s=%d, or more steps",
                name,
                option,
                order,
                order,
                grid.steps(),
                option,
                grid.steps());
    }
}
