package io.sampler4j.runtime;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.event.Events;
import io.sampler4j.runtime.limit.RunGate;
import io.sampler4j.runtime.limit.Turn;
import io.sampler4j.runtime.run.Supervision;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Gives each run its turn, and tells of it. Thread-safe. */
final class Supervisor implements Supervision {
    private final RunGate gate;
    private final Events events;

    Supervisor(RunGate gate, Events events) {
        this.gate = gate;
        this.events = events;
    }

    /** For a plan that an application made: each of its runs waits for a turn of its own. */
    @Override
    public <T extends Counted> T run(About about, Cancellation caller, Function<Cancellation, T> work) {
        try (Turn turn = enter(about.model(), caller, about.deadline())) {
            return inside(turn).run(about, caller, work);
        }
    }

    /** A turn for a request that is not planned yet, so that one that waits holds neither networks nor plugins. */
    Turn enter(String model, Cancellation caller, Optional<Duration> deadline) {
        try {
            return gate.enter(caller, deadline);
        } catch (RefusedException | CancelledException e) {
            events.rejected(model, e);
            throw e;
        }
    }

    /** For a run that has its turn. */
    Supervision inside(Turn turn) {
        return new Supervision() {
            @Override
            public <T extends Counted> T run(About about, Cancellation caller, Function<Cancellation, T> work) {
                Events.Running running = events.started(about, turn.queued());
                try {
                    turn.cancellation().check();
                    T made = work.apply(turn.cancellation());
                    running.completed(made);
                    return made;
                } catch (CancelledException e) {
                    CancelledException why = turn.why(e);
                    running.failed(why);
                    throw why;
                } catch (RuntimeException | Error e) {
                    running.failed(e);
                    throw e;
                }
            }
        };
    }

    /** A plan, and what is told of it. */
    <P> P planned(String model, Supplier<P> plan, Function<P, About> about) {
        long started = System.nanoTime();
        P made;
        try {
            made = plan.get();
        } catch (RuntimeException | Error e) {
            events.rejected(model, e);
            throw e;
        }
        events.planned(about.apply(made), Duration.ofNanos(System.nanoTime() - started));
        return made;
    }
}
