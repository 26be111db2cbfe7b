package io.sampler4j.runtime.run;

import io.sampler4j.api.Refusals;
import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.runtime.plugin.Watchdog;
import java.util.Optional;
import java.util.function.Supplier;

/** Gathers why a plan cannot work, from checks and from what they throw, so that all is said at once. Confined to one thread. */
final class Reasons {
    private final Refusals refusals = new Refusals();

    /** As {@link Refusals#unless}. */
    void unless(boolean ok, String message, Object... args) {
        refusals.unless(ok, message, args);
    }

    /** For code that takes the API's own. */
    Refusals refusals() {
        return refusals;
    }

    /** What is made; or nothing and the reasons of a refusal. */
    <T> Optional<T> collect(Supplier<T> make) {
        try {
            return Optional.of(make.get());
        } catch (RefusedException e) {
            e.reasons().forEach(r -> unless(false, "%s", r));
            return Optional.empty();
        }
    }

    /** Refuses if there is any reason. */
    void settle() {
        if (!refusals.reasons().isEmpty()) throw new RefusedException(refusals.reasons());
    }

    static void guarded(Runnable call) {
        guarded(() -> {
            call.run();
            return true;
        });
    }

    /** A plugin's own code at plan time: its surprises are told as the plugin's, and it is given up when it hangs. */
    static <T> T guarded(Supplier<T> call) {
        return told(() -> Watchdog.call(call));
    }

    /** A plugin's own code over a network, which takes as long as it takes. */
    static <T> T told(Supplier<T> call) {
        try {
            return call.get();
        } catch (SampleException e) {
            throw e;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            throw new PluginException(
                    "a plugin failed while the run was planned (" + e + "); with --debug, its stack trace shows which",
                    e);
        }
    }
}
