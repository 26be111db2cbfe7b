package io.sampler4j.runtime.run;

import io.sampler4j.onnx.Cancellation;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** What stands around each run of a plan: its turn, its deadline, who hears of it. Thread-safe. */
public interface Supervision {
    /** Nothing: for what is part of another run. */
    Supervision NONE = new Supervision() {
        @Override
        public <T extends Counted> T run(About about, Cancellation caller, Function<Cancellation, T> work) {
            return work.apply(caller);
        }
    };

    /**
     * What is known of a run before it begins.
     *
     * @param verb what it does, such as {@code generate}
     * @param model its name
     * @param sampler its name
     * @param count samples or texts
     * @param planned network evaluations, 0 where they are not known
     * @param profile that made its request, if one did
     * @param deadline how long it may take with its wait, if its request says so
     */
    record About(
            String verb,
            String model,
            String sampler,
            int count,
            long planned,
            Optional<Profiled> profile,
            Optional<Duration> deadline) {}

    /** What a run made, as it counts. */
    interface Counted {
        /** Network evaluations, over all calls of the run's parts. */
        long nfe();

        /** Rows that the network evaluated. */
        long rows();
    }

    /**
     * Does the work when it is its turn.
     *
     * @param caller ends the wait and the work
     * @param work is given what it is to ask, in place of the caller's own
     * @throws io.sampler4j.api.error.SampleException what the work throws, or why it had no turn
     */
    <T extends Counted> T run(About about, Cancellation caller, Function<Cancellation, T> work);
}
