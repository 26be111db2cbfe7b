package io.sampler4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.CancelledException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancellationTest {
    private final Cancellation cancellation = new Cancellation();
    private final List<String> ran = new ArrayList<>();

    @Test
    void isNotRequestedAtFirst() {
        assertThat(cancellation.requested()).isFalse();
        assertThatCode(cancellation::check).doesNotThrowAnyException();
    }

    @Test
    void carriesTheFirstReason() {
        cancellation.cancel("the user pressed Ctrl-C");
        cancellation.cancel("the server shuts down");
        assertThatThrownBy(cancellation::check)
                .isInstanceOf(CancelledException.class)
                .hasMessage("the user pressed Ctrl-C");
    }

    @Test
    void runsEachActionOnce() {
        cancellation.onCancel(() -> ran.add("a"));
        cancellation.onCancel(() -> ran.add("b"));
        cancellation.cancel("enough");
        cancellation.cancel("enough");
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void runsAnActionThatComesTooLateAtOnce() {
        cancellation.cancel("enough");
        cancellation.onCancel(() -> ran.add("late"));
        assertThat(ran).containsExactly("late");
    }

    @Test
    void doesNotRunWhatWasWithdrawn() {
        Runnable action = () -> ran.add("x");
        Cancellation.Registration first = cancellation.onCancel(action);
        cancellation.onCancel(action);
        first.close();
        first.close();
        cancellation.cancel("enough");
        assertThat(ran).as("the second registration of the same action stands").containsExactly("x");
    }
}
