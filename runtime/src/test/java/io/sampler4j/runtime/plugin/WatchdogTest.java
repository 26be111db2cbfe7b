package io.sampler4j.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.diffusion.DiffusionSampler;
import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchdogTest {
    @TempDir
    Path folder;

    @AfterEach
    void usualLimit() {
        System.clearProperty("sampler4j.plan.limit");
    }

    @Test
    void aFactoryThatNeverReturnsIsRefusedAndSaidWhere() throws IOException {
        ProbeTest.made(folder, "while (true) if (Thread.interrupted()) return null;", "")
                .write("a.jar");
        System.setProperty("sampler4j.plan.limit", "1");
        try (PluginHost host = PluginHost.open(List.of(folder));
                PluginHost.Lease lease = host.lease()) {
            assertThatThrownBy(() -> lease.registry().make(DiffusionSampler.class, "bad", Map.of()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("did not come back within 1 s")
                    .hasMessageContaining("in acme.Good.")
                    .hasMessageContaining("sampler4j.plan.limit");
        }
    }

    @Test
    void aCallThatWasGivenUpEndsWhenItCallsTheHost() throws Exception {
        System.setProperty("sampler4j.plan.limit", "1");
        AtomicReference<Throwable> ended = new AtomicReference<>();
        CountDownLatch over = new CountDownLatch(1);
        assertThatThrownBy(() -> Watchdog.call(() -> {
                    try {
                        while (true) Watchdog.check();
                    } catch (CancelledException e) {
                        ended.set(e);
                        over.countDown();
                        throw e;
                    }
                }))
                .isInstanceOf(RefusedException.class);
        over.await();
        assertThat(ended.get()).hasMessageContaining("nobody waits");
    }

    @Test
    void whatTheHostDoesWithinACallIsNotTimed() {
        System.setProperty("sampler4j.plan.limit", "1");
        long[] waited = {0};
        String made = Watchdog.call(() -> Watchdog.untimed(() -> {
            long start = System.nanoTime();
            while (waited[0] < 1_500_000_000L) {
                Thread.onSpinWait();
                waited[0] = System.nanoTime() - start;
            }
            return Watchdog.call(() -> "inner calls are part of it");
        }));
        assertThat(made).isEqualTo("inner calls are part of it");
    }

    @Test
    void whatACallThrowsArrivesAsItIsAndItSeesTheCallersClassLoader() {
        AssertionError error = new AssertionError("mine");
        assertThatThrownBy(() -> Watchdog.call(() -> {
                    throw error;
                }))
                .isSameAs(error);
        ClassLoader seen = Watchdog.call(() -> Thread.currentThread().getContextClassLoader());
        assertThat(seen).isSameAs(Thread.currentThread().getContextClassLoader());
    }

    @Test
    void anInterruptEndsTheWait() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Watchdog.call(() -> {
                    while (true) Watchdog.check();
                }))
                .isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
