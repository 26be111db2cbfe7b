package io.sampler4j.runtime.profile;

import java.util.Optional;

/**
 * What stands behind one name.
 *
 * @param current what makes the samples
 * @param canary what a share of runs goes to, if it is on trial
 * @param previous what was current before, to roll back to
 */
record Deployment(Profile current, Optional<Canary> canary, Optional<Profile> previous) {
    /** A newcomer, and its share of runs. */
    record Canary(Profile profile, Share share) {}

    /** Whether the run with this seed goes to the canary. */
    boolean toCanary(String name, long seed) {
        return canary.filter(c -> c.share().holds(name, seed)).isPresent();
    }
}
