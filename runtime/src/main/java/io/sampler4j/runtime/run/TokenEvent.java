package io.sampler4j.runtime.run;

/**
 * Something that happened on a canvas.
 *
 * @param request which of the requests, from 0
 * @param position on its canvas, prompt included
 * @param token the id settled; -1 where the position was masked again
 * @param probability the network's, of that token
 * @param step of the run, from 0
 * @param last whether the token is final: its block is done, or the run. Every token is told twice, when it settles and
 *     when it is final; in order of position the second time
 * @param text what the final tokens so far add to the text that was told before, possibly empty; empty in other events
 */
public record TokenEvent(
        int request, int position, int token, double probability, int step, boolean last, String text) {
    /** Hears of events, on the run's threads, one call at a time; must return soon. */
    @FunctionalInterface
    public interface Listener {
        /** Hears nothing. */
        Listener NONE = e -> {};

        /** One event. */
        void happened(TokenEvent event);
    }
}
