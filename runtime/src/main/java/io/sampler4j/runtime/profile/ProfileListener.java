package io.sampler4j.runtime.profile;

/** Hears of every change, made or refused. Called on the thread that asked for it: return at once, and throw nothing. */
@FunctionalInterface
public interface ProfileListener {
    /** It is made, or refused. */
    void changed(ProfileSwitch change);
}
