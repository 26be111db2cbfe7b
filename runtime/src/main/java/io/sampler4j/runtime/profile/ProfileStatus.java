package io.sampler4j.runtime.profile;

import java.util.Optional;

/**
 * What stands behind a name at this moment.
 *
 * @param name what applications ask for
 * @param current what makes the samples
 * @param canary what a share of runs goes to, if it is on trial
 * @param share that share, such as {@code 5%}
 * @param previous what a roll-back brings back, if there was anything
 */
public record ProfileStatus(
        String name, Profile current, Optional<Profile> canary, Optional<String> share, Optional<Profile> previous) {
    static ProfileStatus of(String name, Deployment d) {
        return new ProfileStatus(
                name,
                d.current(),
                d.canary().map(Deployment.Canary::profile),
                d.canary().map(c -> c.share().toString()),
                d.previous());
    }
}
