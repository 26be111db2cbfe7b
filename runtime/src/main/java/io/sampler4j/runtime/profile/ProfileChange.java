package io.sampler4j.runtime.profile;

import io.sampler4j.onnx.Cancellation;

/**
 * A profile that shall stand behind a name, and what is asked of it first. Immutable: every method gives another.
 *
 * <pre>{@code
 * sampler4j.profiles().change("prod", faster).by("alice").shadow(8, 0.05).canary("5%").make();
 * }</pre>
 */
public final class ProfileChange {
    private final Profiles profiles;
    final String name;
    final Profile candidate;
    final String by;
    /** Null for all runs. */
    final Share share;
    /** 0 for no comparison. */
    final int shadowRuns;

    final double shadowLimit;

    ProfileChange(
            Profiles profiles,
            String name,
            Profile candidate,
            String by,
            Share share,
            int shadowRuns,
            double shadowLimit) {
        this.profiles = profiles;
        this.name = name;
        this.candidate = candidate;
        this.by = by;
        this.share = share;
        this.shadowRuns = shadowRuns;
        this.shadowLimit = shadowLimit;
    }

    /** Who asks for it, for the log. Default: the user that this process belongs to. */
    public ProfileChange by(String who) {
        return new ProfileChange(profiles, name, candidate, who, share, shadowRuns, shadowLimit);
    }

    /**
     * Only this share of the runs goes to it, such as {@code 5%}: those whose seeds fall into it, always the same ones. What is
     * current serves the rest, and stays the one to go back to.
     *
     * @throws IllegalArgumentException if it is no share of more than 0% and less than 100%
     */
    public ProfileChange canary(String ofRuns) {
        return new ProfileChange(profiles, name, candidate, by, Share.parse(ofRuns), shadowRuns, shadowLimit);
    }

    /**
     * Makes the last requests of this name again first, by what is current and by the candidate, one sample of each, and
     * refuses the change where the mean of their {@link ShadowReport.Run#distance} is beyond a limit.
     *
     * @param runs how many, 1 or more; as many as were asked for where those are fewer
     * @param limit a mean distance, 0 for the same samples
     */
    public ProfileChange shadow(int runs, double limit) {
        if (runs < 1) throw new IllegalArgumentException("a comparison makes 1 run or more again, got " + runs);
        if (!(limit >= 0)) throw new IllegalArgumentException("a limit is 0 or more, got " + limit);
        return new ProfileChange(profiles, name, candidate, by, share, runs, limit);
    }

    /**
     * Makes it, or leaves everything as it is.
     *
     * @return what was written down
     * @throws io.sampler4j.api.error.RefusedException with every reason why it was not made
     */
    public ProfileSwitch make() {
        return make(new Cancellation());
    }

    /** As {@link #make()}; a cancellation ends the comparison, and with it the change. */
    public ProfileSwitch make(Cancellation cancellation) {
        return profiles.make(this, cancellation);
    }
}
