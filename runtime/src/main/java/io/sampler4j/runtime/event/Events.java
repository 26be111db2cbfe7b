package io.sampler4j.runtime.event;

import io.sampler4j.onnx.SessionInfo;
import io.sampler4j.onnx.SessionListener;
import io.sampler4j.runtime.plugin.PluginListener;
import io.sampler4j.runtime.plugin.Swap;
import io.sampler4j.runtime.profile.ProfileListener;
import io.sampler4j.runtime.profile.ProfileSwitch;
import io.sampler4j.runtime.run.Profiled;
import io.sampler4j.runtime.run.Supervision.About;
import io.sampler4j.runtime.run.Supervision.Counted;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of what a host does: through SLF4J ({@code io.sampler4j.runs}, {@code io.sampler4j.sessions}), to the Flight
 * Recorder, and to its own {@link Tally}. Plugins and profiles write their own logs. Thread-safe; never blocks.
 */
public final class Events implements SessionListener, PluginListener, ProfileListener {
    private static final Logger RUNS = LoggerFactory.getLogger("io.sampler4j.runs");
    private static final Logger SESSIONS = LoggerFactory.getLogger("io.sampler4j.sessions");

    private final Tally tally = new Tally();

    /** Nothing happened yet. */
    public Events() {}

    /** What happened, counted. */
    public Tally tally() {
        return tally;
    }

    private static String name(About about) {
        return about.profile().map(Profiled::name).orElse("");
    }

    /** A request was planned. */
    public void planned(About about, Duration took) {
        RUNS.debug(
                "planned: {} {} by {}, {} evaluations, in {}",
                about.verb(),
                about.model(),
                about.sampler(),
                about.planned(),
                took);
        Recordings.RunPlanned e = new Recordings.RunPlanned();
        e.verb = about.verb();
        e.model = about.model();
        e.sampler = about.sampler();
        e.profile = name(about);
        e.nfe = about.planned();
        e.planTime = took.toNanos();
        e.commit();
    }

    /** A request ended before it could run: refused, too late, one too many. */
    public void rejected(String model, Throwable why) {
        Outcome outcome = Outcome.of(why);
        tally.ended(outcome, 0, 0, why.getMessage());
        if (outcome.isFault()) RUNS.warn("{}: {} is not planned: {}", outcome.word(), model, why.getMessage(), why);
        else if (outcome == Outcome.BUSY) RUNS.warn("{}: {}", outcome.word(), why.getMessage());
        else RUNS.debug("{}: {} is not run: {}", outcome.word(), model, why.getMessage());
        Recordings.RunRejected e = new Recordings.RunRejected();
        e.outcome = outcome.word();
        e.problem = why.getMessage();
        e.commit();
    }

    /** A run has its turn. Its one end is to be told. */
    public Running started(About about, Duration queued) {
        RUNS.debug("started: {} {} by {}, after {} in the queue", about.verb(), about.model(), about.sampler(), queued);
        Recordings.RunStarted e = new Recordings.RunStarted();
        e.verb = about.verb();
        e.model = about.model();
        e.sampler = about.sampler();
        e.profile = name(about);
        e.queueTime = queued.toNanos();
        e.commit();
        return new Running(about, queued);
    }

    /** A run that goes on. */
    public final class Running {
        private final About about;
        private final Duration queued;
        private final Recordings.Run event = new Recordings.Run();
        private final long started = System.nanoTime();

        private Running(About about, Duration queued) {
            this.about = about;
            this.queued = queued;
            event.begin();
        }

        /** It made what was asked for. */
        public void completed(Counted made) {
            ended(Outcome.COMPLETED, made.nfe(), made.rows(), null);
        }

        /** It did not. */
        public void failed(Throwable why) {
            ended(Outcome.of(why), 0, 0, why);
        }

        private void ended(Outcome outcome, long nfe, long rows, Throwable why) {
            String problem = why == null ? "" : String.valueOf(why.getMessage());
            tally.ended(outcome, nfe, rows, problem);
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            if (why == null || outcome == Outcome.CANCELLED) {
                RUNS.debug(
                        "{}: {} {} by {}, {} evaluations, in {} {}",
                        outcome.word(),
                        about.verb(),
                        about.model(),
                        about.sampler(),
                        nfe,
                        took,
                        problem);
            } else {
                RUNS.warn(
                        "{}: {} {} by {} in {}, after {} in the queue",
                        outcome.word(),
                        about.verb(),
                        about.model(),
                        about.sampler(),
                        took,
                        queued,
                        why);
            }
            event.verb = about.verb();
            event.model = about.model();
            event.sampler = about.sampler();
            event.profile = name(about);
            event.count = about.count();
            event.nfe = nfe;
            event.rows = rows;
            event.queueTime = queued.toNanos();
            event.outcome = outcome.word();
            event.problem = problem;
            event.commit();
        }
    }

    @Override
    public void opened(SessionInfo session, Duration took) {
        SESSIONS.info("opened: {} ({} bytes) on {} in {}", session.file(), session.bytes(), session.options(), took);
        Recordings.SessionOpened e = new Recordings.SessionOpened();
        e.file = session.file().toString();
        e.identity = session.identity();
        e.device = session.options().device().toString();
        e.threads = session.options().threads();
        e.bytes = session.bytes();
        e.loadTime = took.toNanos();
        e.commit();
    }

    @Override
    public void closed(SessionInfo session) {
        SESSIONS.info("closed: {} ({} bytes)", session.file(), session.bytes());
        Recordings.SessionClosed e = new Recordings.SessionClosed();
        e.file = session.file().toString();
        e.identity = session.identity();
        e.bytes = session.bytes();
        e.commit();
    }

    @Override
    public void switched(Swap swap) {
        Recordings.PluginsSwitched e = new Recordings.PluginsSwitched();
        e.generation = swap.generation();
        e.before = swap.before();
        e.cause = swap.cause().name().toLowerCase(Locale.ROOT);
        e.by = swap.by();
        e.changes = swap.changes().size();
        e.refused = swap.refused().size();
        e.commit();
    }

    @Override
    public void changed(ProfileSwitch change) {
        Recordings.ProfileChanged e = new Recordings.ProfileChanged();
        e.profile = change.profile();
        e.change = change.what().name().toLowerCase(Locale.ROOT);
        e.from = change.from().map(ProfileSwitch.Version::sha256).orElse("");
        e.to = change.to().map(ProfileSwitch.Version::sha256).orElse("");
        e.by = change.by();
        e.done = change.done();
        e.commit();
    }
}
