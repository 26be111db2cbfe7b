package io.sampler4j.runtime.run;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How far a run is.
 *
 * @param nfe network evaluations done, over all samples' calls
 * @param planned network evaluations in all, as the dry run found; 0 where the sampler adapts
 * @param step the last step that was finished, of the slowest part of the batch
 * @param steps steps in all; 0 where the sampler adapts
 * @param elapsed since the run started
 */
public record Progress(long nfe, long planned, int step, int steps, Duration elapsed) {
    /** Hears of progress, on the run's threads, one call at a time; must return soon. */
    public interface Listener extends Consumer<Progress> {
        /** Hears nothing. */
        Listener NONE = p -> {};
    }

    /** The time left, if what remains goes as fast as what is done. */
    public Optional<Duration> left() {
        if (nfe == 0 || planned == 0) return Optional.empty();
        return Optional.of(Duration.ofNanos((long) (elapsed.toNanos() * ((double) (planned - nfe) / nfe))));
    }
}
