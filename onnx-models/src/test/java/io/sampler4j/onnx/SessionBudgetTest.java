package io.sampler4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.NetworkException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which sessions stay where not all of them may. Each network counts as 1000 bytes. */
class SessionBudgetTest {
    private static final long EACH = 1000;

    @TempDir
    Path dir;

    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private OnnxRuntime runtime = new OnnxRuntime(2 * EACH, new SessionListener() {
        @Override
        public void opened(SessionInfo session, Duration took) {
            assertThat(took).isPositive();
            heard.add("+" + name(session));
        }

        @Override
        public void closed(SessionInfo session) {
            heard.add("-" + name(session));
        }
    });

    private static String name(SessionInfo session) {
        return session.file().getFileName().toString().replace(".onnx", "");
    }

    @AfterEach
    void nothingIsLeft() {
        runtime.close();
        assertThat(runtime.counts()).isEqualTo(new Counts(0, 0, 0, 0));
        assertThat(runtime.bytes()).isZero();
        assertThat(heard.stream().filter(h -> h.startsWith("+")).count())
                .isEqualTo(heard.stream().filter(h -> h.startsWith("-")).count());
    }

    private Network lease(String name) {
        // One shape each, so that their hashes differ.
        byte[] file = TinyOnnx.denoiser(1, 1, name.charAt(0));
        Path path = dir.resolve(name + ".onnx");
        if (Files.notExists(path)) TinyOnnx.write(path, file);
        return runtime.lease(new SessionInfo(path, TinyOnnx.sha256(file), NetworkOptions.ONE_THREAD, EACH));
    }

    @Test
    void theLeastRecentlyUsedIdleSessionGoesWhenAnotherIsLoaded() {
        lease("a").close();
        lease("b").close();
        lease("a").close();
        assertThat(heard).containsExactly("+a", "+b");
        lease("c").close();
        assertThat(heard).as("b was used before a").containsExactly("+a", "+b", "-b", "+c");
        lease("a").close();
        assertThat(heard).as("a is still there").hasSize(4);
        assertThat(runtime.bytes()).isEqualTo(2 * EACH);
    }

    @Test
    void aLeasedSessionStaysHoweverMuchThereIsAndGoesWithItsLease() {
        Network a = lease("a"), b = lease("b"), c = lease("c");
        assertThat(runtime.counts().sessions()).isEqualTo(3);
        assertThat(runtime.bytes()).isEqualTo(3 * EACH);
        assertThat(c.signature()).isNotNull();
        a.close();
        assertThat(heard).containsExactly("+a", "+b", "+c", "-a");
        b.close();
        c.close();
        assertThat(heard).as("the rest is within the budget").hasSize(4);
    }

    @Test
    void aSlotHoldsItsSessionAsALeaseDoes() {
        Network a = lease("a");
        Slot slot = a.slot(
                java.util.Map.of("x", new long[] {1, 1, 1, 'a'}, "t", new long[] {1}),
                java.util.Map.of("out", new long[] {1, 1, 1, 'a'}));
        a.close();
        lease("b").close();
        lease("c").close();
        assertThat(heard).containsExactly("+a", "+b", "-b", "+c");
        slot.close();
    }

    @Test
    void oneThatIsOverTheBudgetByItselfIsNotKept() {
        runtime.close();
        runtime = new OnnxRuntime(EACH - 1, new SessionListener() {
            @Override
            public void closed(SessionInfo session) {
                heard.add("closed");
            }
        });
        Network a = lease("a");
        assertThat(heard).isEmpty();
        a.close();
        assertThat(heard).containsExactly("closed");
        heard.clear();
    }

    @Test
    void aNetworkThatCannotBeLoadedCountsForNothing() {
        Path broken = dir.resolve("broken.onnx");
        TinyOnnx.write(broken, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> runtime.lease(new SessionInfo(broken, "00", NetworkOptions.ONE_THREAD, EACH)))
                .isInstanceOf(NetworkException.class);
        assertThat(runtime.bytes()).isZero();
    }

    @Test
    void whatWasEvictedWhileLeasedCountsUntilItIsClosed() {
        Network a = lease("a");
        runtime.evict();
        assertThat(runtime.bytes()).isEqualTo(EACH);
        a.close();
        assertThat(runtime.bytes()).isZero();
    }

    @Test
    void manyThreadsShareTooSmallABudget() throws Exception {
        for (String name : List.of("a", "b", "c", "d", "e")) lease(name).close();
        int threads = 4;
        CountDownLatch together = new CountDownLatch(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int first = i;
                work.add(pool.submit(() -> {
                    together.countDown();
                    together.await();
                    for (int k = 0; k < 50; k++) {
                        try (Network network = lease(String.valueOf((char) ('a' + (first + k) % 5)))) {
                            assertThat(network.signature().inputs()).isNotEmpty();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : work) one.get();
        } finally {
            pool.shutdown();
        }
        assertThat(runtime.bytes())
                .isEqualTo(runtime.counts().sessions() * EACH)
                .isLessThanOrEqualTo(2 * EACH);
    }
}
