package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Counts;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.compare.ComparisonRequest;
import io.sampler4j.runtime.compare.Entry;
import io.sampler4j.runtime.event.Health;
import io.sampler4j.runtime.limit.BusyException;
import io.sampler4j.runtime.limit.DeadlineException;
import io.sampler4j.runtime.limit.Limits;
import io.sampler4j.runtime.run.Plan;
import io.sampler4j.runtime.run.Progress;
import io.sampler4j.runtime.run.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a host keeps to its limits, with runs that go on for as long as the test holds them. */
@Timeout(120)
class LimitsIT {
    private static final Request ENDS = Request.of("epsilon-vp")
            .threads(1)
            .seed(1)
            .set("scheduler.sigma-min", "0.02")
            .set("scheduler.sigma-max", "20");
    private static final Request ASKED =
            ENDS.sampler("ddim").scheduler("karras").steps(4);

    @TempDir
    Path dir;

    private Sampler4j sampler4j;
    private final List<Held> held = new ArrayList<>();

    @BeforeEach
    void models() throws IOException {
        new MixtureModel.Cell("epsilon", "VP").write(dir);
        new MixtureModel.Cell("x0", "VE").write(dir);
    }

    private void open(Limits limits) {
        sampler4j = Sampler4j.builder()
                .modelsDirectory(dir)
                .pluginsDirectory(Distribution.plugins())
                .limits(limits)
                .open();
    }

    @AfterEach
    void close() {
        held.forEach(Held::letGo);
        sampler4j.close();
        assertThat(counts()).isEqualTo(new Counts(0, 0, 0, 0));
    }

    private Counts counts() {
        return sampler4j.onnx().counts();
    }

    /** A run that stops at its first progress until it is let go. */
    private final class Held {
        private final CompletableFuture<Void> inside = new CompletableFuture<>();
        private final CountDownLatch go = new CountDownLatch(1);
        private final Sampler4j.Running running;

        Held(Request request) {
            held.add(this);
            running = sampler4j.start(request, p -> {
                inside.complete(null);
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        Held going() {
            CompletableFuture.anyOf(inside, running.result()).join();
            return this;
        }

        void letGo() {
            go.countDown();
        }
    }

    private Held waiting(Request request) {
        int before = sampler4j.health().queued();
        Held run = new Held(request);
        while (sampler4j.health().queued() == before) Thread.onSpinWait();
        return run;
    }

    @Test
    void runsWaitForTheirTurnAndOneTooManyIsRefused() throws Exception {
        open(Limits.NONE.runs(1).queue(1));
        Held first = new Held(ASKED).going();
        Held second = waiting(ASKED);
        Counts whileItWaits = counts();
        assertThat(whileItWaits.leases()).as("who waits holds no network").isEqualTo(1);
        Health full = sampler4j.health();
        assertThat(full.active()).isEqualTo(1);
        assertThat(full.queued()).isEqualTo(1);
        assertThat(full.reasons())
                .containsExactly(
                        "1 of 1 runs go on and 1 wait, so the next is refused: allow more, or" + " send fewer");
        assertThatThrownBy(() -> sampler4j.run(ASKED))
                .isInstanceOf(BusyException.class)
                .hasMessageContaining("1 run going on and 1 waiting");
        first.letGo();
        second.going().letGo();
        assertThat(second.running.result().join().count()).isEqualTo(1);
        assertThat(sampler4j.run(ASKED).count()).isEqualTo(1);
        assertThat(sampler4j.health().ok()).isTrue();
    }

    @Test
    void aPlanOfTheApplicationsOwnWaitsAsWell() throws Exception {
        open(Limits.NONE.runs(1).queue(0));
        try (Plan plan = sampler4j.plan(ASKED)) {
            Held first = new Held(ASKED).going();
            assertThatThrownBy(plan::run).isInstanceOf(BusyException.class);
            first.letGo();
            first.running.result().join();
            assertThat(plan.run().count()).isEqualTo(1);
        }
    }

    @Test
    void aDeadlinePassesWhileARunWaits() throws Exception {
        open(Limits.NONE.runs(1));
        new Held(ASKED).going();
        assertThatThrownBy(() -> sampler4j.run(ASKED.deadline(Duration.ofMillis(20))))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining("within its deadline of 0.02 s: it waited all that time");
    }

    @Test
    void aDeadlineCancelsARunWhateverItsParts() {
        open(Limits.NONE.deadline(Duration.ofMillis(20)));
        // Some ten seconds in all, if nothing ended it; the first half of the cases runs in parts side by side.
        for (int threads : new int[] {2, 1}) {
            Progress.Listener slow = p -> LockSupport.parkNanos(1_000_000);
            assertThatThrownBy(() -> sampler4j.run(
                            ASKED.steps(2000).count(4).batch(2).threads(threads), slow, new Cancellation()))
                    .isInstanceOf(DeadlineException.class)
                    .hasMessageContaining("did not end within its deadline of 0.02 s");
        }
        assertThat(counts().leases()).isZero();
        assertThat(counts().slots()).isZero();
    }

    @Test
    void closingWaitsForARun() throws Exception {
        open(Limits.NONE.closing(Duration.ofHours(1)));
        Held run = new Held(ASKED).going();
        Thread close = new Thread(sampler4j::close);
        close.start();
        while (close.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
        assertThatThrownBy(() -> sampler4j.run(ASKED)).hasMessageContaining("closed");
        assertThat(sampler4j.health().reasons()).contains("it is closed: open another");
        run.letGo();
        close.join();
        assertThat(run.running.result().join().count()).isEqualTo(1);
    }

    @Test
    void closingCancelsARunPastItsLimit() throws Exception {
        open(Limits.NONE.closing(Duration.ZERO));
        CountDownLatch inside = new CountDownLatch(1);
        Sampler4j.Running run = sampler4j.start(ASKED.steps(100_000), p -> inside.countDown());
        inside.await();
        sampler4j.close();
        assertThatThrownBy(() -> run.result().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(CancelledException.class)
                .hasMessageContaining("closed before the run was done");
    }

    @Test
    void sessionsAreClosedBeyondTheirMemoryButNeverUnderARun() throws Exception {
        long one = Files.size(dir.resolve("epsilon-vp/network.onnx")),
                other = Files.size(dir.resolve("x0-ve/network.onnx"));
        open(Limits.NONE.sessionMemory(Math.max(one, other)));
        sampler4j.run(ASKED);
        assertThat(sampler4j.health().sessionBytes()).isEqualTo(one);
        sampler4j.run(ASKED.model("x0-ve"));
        assertThat(counts().sessions()).as("the first one made room").isEqualTo(1);
        assertThat(sampler4j.health().sessionBytes()).isEqualTo(other);

        Held run = new Held(ASKED).going();
        sampler4j.run(ASKED.model("x0-ve"));
        assertThat(sampler4j.health().sessionBytes()).isEqualTo(one);
        Held both = new Held(ASKED.model("x0-ve")).going();
        assertThat(sampler4j.health().reasons())
                .containsExactly("sessions that runs hold are of " + (one + other) + " bytes, and "
                        + Math.max(one, other) + " are meant for all: allow more, or fewer runs at once");
        run.letGo();
        both.letGo();
        run.running.result().join();
        both.running.result().join();
        assertThat(sampler4j.health().ok()).isTrue();
    }

    @Test
    void aComparisonIsOneRunHoweverManyItMakes() {
        open(Limits.NONE.runs(1).queue(0));
        ComparisonRequest request = new ComparisonRequest(
                List.of("epsilon-vp"),
                List.of(Entry.parse("ddim:scheduler=karras"), Entry.parse("unipc:scheduler=karras")),
                List.of(2, 3),
                ENDS,
                1,
                ComparisonRequest.NONE,
                Optional.empty());
        assertThat(sampler4j
                        .compare(request, Progress.Listener.NONE, new Cancellation())
                        .cells())
                .hasSize(4)
                .allSatisfy(c -> assertThat(c.made()).isPresent());
    }
}
