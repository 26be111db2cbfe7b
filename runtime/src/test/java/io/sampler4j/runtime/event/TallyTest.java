package io.sampler4j.runtime.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.DivergedException;
import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.limit.Limits;
import io.sampler4j.runtime.limit.RunGate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is counted, and what of it is a reason to look. */
class TallyTest {
    private final Tally tally = new Tally();
    private final RunGate gate = new RunGate(Limits.NONE);

    private Health health() {
        return Health.of(false, gate, tally, Optional.empty(), List.of());
    }

    private void end(Outcome outcome) {
        tally.ended(outcome, 3, 6, "as it was");
    }

    @Test
    void everyEndHasItsOutcome() {
        assertThat(Outcome.of(new RefusedException("no"))).isEqualTo(Outcome.REFUSED);
        assertThat(Outcome.of(new CancelledException("no"))).isEqualTo(Outcome.CANCELLED);
        assertThat(Outcome.of(new DivergedException(1, "no"))).isEqualTo(Outcome.DIVERGED);
        assertThat(Outcome.of(new NetworkException("no"))).isEqualTo(Outcome.NETWORK);
        assertThat(Outcome.of(new PluginException("no", new Error()))).isEqualTo(Outcome.PLUGIN);
        assertThat(Outcome.of(new OutOfMemoryError())).isEqualTo(Outcome.FAILED);
    }

    @Test
    void countsByOutcome() {
        end(Outcome.COMPLETED);
        end(Outcome.COMPLETED);
        end(Outcome.LATE);
        assertThat(tally.of(Outcome.COMPLETED)).isEqualTo(2);
        assertThat(tally.of(Outcome.LATE)).isEqualTo(1);
        assertThat(tally.of(Outcome.BUSY)).isZero();
        assertThat(tally.nfe()).isEqualTo(9);
        assertThat(tally.rows()).isEqualTo(18);
    }

    @Test
    void faultsInARowAreAReasonAndAGoodRunIsTheirEnd() {
        end(Outcome.NETWORK);
        end(Outcome.PLUGIN);
        assertThat(health().ok()).as("two may be chance").isTrue();
        end(Outcome.REFUSED);
        end(Outcome.CANCELLED);
        assertThat(health().ok()).as("these say nothing of the host").isTrue();
        end(Outcome.FAILED);
        assertThat(health().status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(health().reasons())
                .containsExactly("the last 3 runs that ended by themselves failed; the last: as it was");
        assertThat(health().failed()).isEqualTo(3);
        end(Outcome.COMPLETED);
        assertThat(health().ok()).isTrue();
        assertThat(health().completed()).isEqualTo(1);
    }

    @Test
    void aClosedHostIsDegraded() {
        assertThat(Health.of(true, gate, tally, Optional.empty(), List.of()).reasons())
                .containsExactly("it is closed: open another");
    }
}
