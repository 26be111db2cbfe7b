package io.sampler4j.runtime.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who goes on, who waits, who is refused and who is ended. Time passes when the test says so. */
@Timeout(60)
class RunGateTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Clock clock = new Clock();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** Deadlines that pass by hand. */
    private static final class Clock implements Timer {
        private final List<Runnable> due = Collections.synchronizedList(new ArrayList<>());
        private Duration asked;

        @Override
        public Due after(Duration wait, Runnable action) {
            asked = wait;
            due.add(action);
            return () -> due.remove(action);
        }

        @Override
        public void close() {
            due.clear();
        }

        void pass() {
            List.copyOf(due).forEach(Runnable::run);
        }
    }

    private RunGate gate(Limits limits) {
        return new RunGate(limits, clock);
    }

    private static Turn enter(RunGate gate) {
        return gate.enter(new Cancellation(), Optional.empty());
    }

    private Future<Turn> queue(RunGate gate, Cancellation cancellation) {
        int before = gate.queued();
        Future<Turn> turn = threads.submit(() -> gate.enter(cancellation, Optional.empty()));
        while (gate.queued() == before) Thread.onSpinWait();
        return turn;
    }

    private Future<Turn> queue(RunGate gate) {
        return queue(gate, new Cancellation());
    }

    @Test
    void turnsAreHandedOnInTheOrderOfTheQueue() throws Exception {
        RunGate gate = gate(Limits.NONE.runs(1));
        Turn first = enter(gate);
        Future<Turn> second = queue(gate), third = queue(gate);
        assertThat(gate.active()).isEqualTo(1);
        assertThat(gate.queued()).isEqualTo(2);
        first.close();
        Turn two = second.get();
        assertThat(third.isDone()).isFalse();
        assertThat(two.queued()).isPositive();
        two.close();
        third.get().close();
        assertThat(gate.active()).isZero();
    }

    @Test
    void aNewcomerIsNotBeforeOneThatWaits() throws Exception {
        RunGate gate = gate(Limits.NONE.runs(1).queue(1));
        Turn first = enter(gate);
        Future<Turn> second = queue(gate);
        first.close();
        // Its turn was handed over by the close, whether or not its thread has woken.
        assertThat(gate.active()).isEqualTo(1);
        Future<Turn> third = queue(gate);
        second.get().close();
        third.get().close();
    }

    @Test
    void oneTooManyIsRefusedWithTheNumbers() throws Exception {
        RunGate gate = gate(Limits.NONE.runs(2).queue(1));
        Turn first = enter(gate), second = enter(gate);
        Future<Turn> third = queue(gate);
        assertThatThrownBy(() -> enter(gate))
                .isInstanceOf(BusyException.class)
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "too much to do: 2 runs going on and 1 waiting, which is as many as may. Try again later, or"
                                + " allow more (Limits.runs, Limits.queue)")
                .satisfies(e -> assertThat(((BusyException) e).active()).isEqualTo(2))
                .satisfies(e -> assertThat(((BusyException) e).queued()).isEqualTo(1));
        first.close();
        third.get().close();
        second.close();
        enter(gate).close();
    }

    @Test
    void whoIsCancelledInTheQueueLeavesItAndTheNextIsServed() throws Exception {
        RunGate gate = gate(Limits.NONE.runs(1));
        Turn first = enter(gate);
        Cancellation cancellation = new Cancellation();
        Future<Turn> second = queue(gate, cancellation), third = queue(gate);
        cancellation.cancel("enough");
        assertThatThrownBy(second::get)
                .hasCauseInstanceOf(CancelledException.class)
                .hasRootCauseMessage("enough");
        assertThat(gate.queued()).isEqualTo(1);
        first.close();
        third.get().close();
        assertThat(gate.active()).isZero();
    }

    @Test
    void whoWasCancelledBeforeDoesNotEnter() {
        RunGate gate = gate(Limits.NONE);
        Cancellation cancellation = new Cancellation();
        cancellation.cancel("before");
        assertThatThrownBy(() -> gate.enter(cancellation, Optional.empty())).hasMessage("before");
        assertThat(gate.active()).isZero();
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        RunGate gate = gate(Limits.NONE.runs(1));
        Turn first = enter(gate);
        CompletableFuture<Thread> waiter = new CompletableFuture<>();
        Future<Boolean> interrupted = threads.submit(() -> {
            waiter.complete(Thread.currentThread());
            assertThatThrownBy(() -> enter(gate))
                    .isInstanceOf(CancelledException.class)
                    .hasMessageContaining("interrupted");
            return Thread.interrupted();
        });
        while (gate.queued() == 0) Thread.onSpinWait();
        waiter.get().interrupt();
        assertThat(interrupted.get()).as("the interrupt is kept").isTrue();
        assertThat(gate.queued()).isZero();
        first.close();
    }

    @Test
    void theDeadlineOfOneThatWaitsSaysThatItNeverRan() throws Exception {
        RunGate gate = gate(Limits.NONE.runs(1).deadline(Duration.ofMillis(1500)));
        try (Turn first = gate.enter(new Cancellation(), Optional.of(Duration.ofHours(1)))) {
            assertThat(clock.asked).as("its own, and not the usual one").isEqualTo(Duration.ofHours(1));
            clock.due.clear();
            Future<Turn> second = queue(gate);
            assertThat(clock.asked).isEqualTo(Duration.ofMillis(1500));
            clock.pass();
            assertThatThrownBy(second::get)
                    .hasCauseInstanceOf(DeadlineException.class)
                    .cause()
                    .hasMessageStartingWith(
                            "the run did not end within its deadline of 1.5 s: it waited all that time for its turn");
            assertThat(gate.queued()).isZero();
            assertThat(first.cancellation().requested()).isFalse();
        }
    }

    @Test
    void theDeadlineOfOneThatGoesOnCancelsIt() {
        RunGate gate = gate(Limits.NONE.deadline(Duration.ofSeconds(2)));
        Turn turn = enter(gate);
        clock.pass();
        CancelledException seen = new CancelledException("as its network call saw it");
        assertThat(turn.cancellation().requested()).isTrue();
        assertThat(turn.why(seen))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining("within its deadline of 2.0 s, of which it waited 0.")
                .hasSuppressedException(seen);
        turn.close();
        assertThat(clock.due).isEmpty();
    }

    @Test
    void whoIsCancelledFirstIsNotLate() {
        RunGate gate = gate(Limits.NONE.deadline(Duration.ofSeconds(2)));
        Cancellation cancellation = new Cancellation();
        Turn turn = gate.enter(cancellation, Optional.empty());
        cancellation.cancel("by hand");
        clock.pass();
        CancelledException seen = new CancelledException("by hand");
        assertThat(turn.why(seen)).isSameAs(seen);
        turn.close();
    }

    @Test
    void aDeadlineThatWasMetIsForgotten() {
        RunGate gate = gate(Limits.NONE.deadline(Duration.ofSeconds(2)));
        Cancellation cancellation = new Cancellation();
        enter(gate).close();
        assertThat(clock.due).isEmpty();
        gate.enter(cancellation, Optional.empty()).close();
        cancellation.cancel("long after");
    }

    @Test
    void closingWaitsForWhoGoesOnAndEndsWhoWaits() throws Exception {
        RunGate gate = gate(Limits.NONE.runs(1).closing(Duration.ofHours(1)));
        Turn first = enter(gate);
        Future<Turn> second = queue(gate);
        Future<?> close = threads.submit(gate::close);
        assertThatThrownBy(second::get)
                .hasCauseInstanceOf(CancelledException.class)
                .hasMessageContaining("closed before the run was done");
        assertThat(close.isDone()).isFalse();
        assertThat(first.cancellation().requested()).isFalse();
        assertThatThrownBy(() -> enter(gate))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        first.close();
        close.get();
        gate.close();
    }

    @Test
    void pastItsLimitClosingCancelsWhoGoesOn() throws Exception {
        RunGate gate = gate(Limits.NONE.closing(Duration.ZERO));
        Turn turn = enter(gate);
        CountDownLatch told = new CountDownLatch(1);
        turn.cancellation().onCancel(told::countDown);
        Future<?> close = threads.submit(gate::close);
        told.await();
        assertThat(close.isDone()).as("it waits for the run to see it").isFalse();
        turn.close();
        close.get();
    }

    @Test
    void aRunThatClosesDoesNotWaitForItself() {
        RunGate gate = gate(Limits.NONE.closing(Duration.ofHours(1)));
        Turn turn = enter(gate);
        gate.close();
        assertThat(turn.cancellation().requested()).isFalse();
        turn.close();
    }

    @Test
    void anInterruptShortensClosing() throws Exception {
        RunGate gate = gate(Limits.NONE.closing(Duration.ofHours(1)));
        Turn turn = enter(gate);
        Future<Boolean> close = threads.submit(() -> {
            Thread.currentThread().interrupt();
            gate.close();
            return Thread.interrupted();
        });
        assertThat(close.get()).isTrue();
        assertThat(turn.cancellation().requested()).isTrue();
        turn.close();
    }

    @Test
    void neverMoreThanMayWhileManyComeGoAndAreCancelled() throws Exception {
        RunGate gate = gate(Limits.NONE.runs(3));
        AtomicInteger inside = new AtomicInteger(), most = new AtomicInteger(), served = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        int workers = 8, each = 300;
        List<Cancellation> wishes = Collections.synchronizedList(new ArrayList<>());
        List<Future<?>> work = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            int worker = i;
            work.add(threads.submit(() -> {
                for (int k = 0; k < each; k++) {
                    Cancellation wish = new Cancellation();
                    wishes.add(wish);
                    try (Turn turn = gate.enter(wish, Optional.of(Duration.ofHours(1)))) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        served.incrementAndGet();
                        if (k % 3 == 0) Thread.yield();
                        inside.decrementAndGet();
                    } catch (CancelledException e) {
                        cancelled.incrementAndGet();
                    }
                    if (worker == 0 && k % 2 == 0) wishes.get(wishes.size() - 1).cancel("at random");
                }
            }));
        }
        for (Future<?> one : work) one.get();
        assertThat(most.get()).isBetween(1, 3);
        assertThat(served.get() + cancelled.get()).isEqualTo(workers * each);
        assertThat(gate.active()).isZero();
        assertThat(gate.queued()).isZero();
        assertThat(clock.due).isEmpty();
    }

    @Test
    void theRealTimerPassesADeadline() throws ExecutionException, InterruptedException {
        RunGate gate = new RunGate(Limits.NONE.deadline(Duration.ofNanos(1)));
        CompletableFuture<String> reason = new CompletableFuture<>();
        try (Turn turn = enter(gate)) {
            turn.cancellation()
                    .onCancel(() -> reason.complete(turn.cancellation().reason().orElse("")));
            assertThat(reason.get()).contains("deadline");
        } catch (DeadlineException e) {
            // It may pass before the turn is there.
            assertThat(e).hasMessageContaining("deadline");
        }
        gate.close();
    }

    @Test
    void limitsThatMeanNothingAreRefused() {
        assertThatThrownBy(() -> Limits.NONE.runs(0)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> Limits.NONE.queue(-1)).hasMessageContaining("got -1");
        assertThatThrownBy(() -> Limits.NONE.deadline(Duration.ZERO)).hasMessageContaining("got PT0S");
        assertThatThrownBy(() -> Limits.NONE.sessionMemory(-1)).hasMessageContaining("got -1");
        assertThatThrownBy(() -> Limits.NONE.closing(Duration.ofSeconds(-1))).hasMessageContaining("got PT-1S");
    }
}
