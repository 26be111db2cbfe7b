package io.sampler4j.it.swap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.it.Distribution;
import io.sampler4j.onnx.Counts;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.plugin.Swap;
import io.sampler4j.runtime.run.Request;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sampler and scheduler swapped together under runs of a real network. {@code -Dsampler4j.soak.swaps=10000} makes it
 * longer.
 */
class SwapSoakIT {
    private static final int SWAPS = Integer.getInteger("sampler4j.soak.swaps", 1000);
    private static final int THREADS = 8, VARIANTS = 4;
    /** Of the swaps, after which the process is at rest: sessions open, code compiled, buffers at their sizes. */
    private static final int WARM = SWAPS / 4;
    /** Files that come and go with threads and compiled code, not with swaps: a leak of one a swap is {@link #SWAPS}. */
    private static final int FILES = 16;
    /** The allocator's arenas and the compiler's code move by so much; class loaders alone would leak 40 kB a swap. */
    private static final long BYTES = 48L << 20;

    @TempDir
    Path work;

    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicInteger runs = new AtomicInteger();
    /** The hashes of sampler and scheduler that each run's record names. */
    private final Set<List<String>> seen = ConcurrentHashMap.newKeySet();

    @Test
    void manySwapsUnderLoadFailNoRunMixNoVersionsAndLeaveNothing() throws Exception {
        Variants variants = Variants.build(work.resolve("built"), VARIANTS);
        Path plugins = Files.createDirectory(work.resolve("plugins"));
        variants.put(0, plugins);
        Set<List<String>> pairs = new HashSet<>();
        for (int v = 0; v < VARIANTS; v++) {
            pairs.add(List.of(Distribution.sha256(variants.sampler(v)), Distribution.sha256(variants.scheduler(v))));
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (Sampler4j sampler4j = Sampler4j.builder()
                .modelsDirectory(Distribution.models())
                .pluginsDirectory(plugins)
                .management(false)
                .open()) {
            // Opened before the first swap, and not by the first run.
            PluginHost host = sampler4j.plugins();
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int seed = t;
                running.add(threads.submit(() -> keepRunning(sampler4j, seed)));
            }
            Footprint warm = null;
            for (int swap = 1; swap <= SWAPS; swap++) {
                variants.put(swap % VARIANTS, plugins);
                assertThat(host.reload().changes())
                        .as("swap %d", swap)
                        .extracting(Swap.Change::kind)
                        .containsExactly(Swap.Kind.REPLACED, Swap.Kind.REPLACED);
                if (swap == WARM) warm = Footprint.now();
            }
            enough.set(true);
            for (Future<?> run : running) run.get();
            allCollected(host);
            Footprint end = Footprint.now();
            assertThat(seen).as("pairs of plugins, of %d runs", runs.get()).isSubsetOf(pairs);
            assertThat(seen).as("each variant was met").hasSize(VARIANTS);
            assertThat(runs.get()).as("runs while %d swaps were made", SWAPS).isGreaterThan(SWAPS / 20);
            assertThat(end.files()).as("files, warm " + warm).isLessThan(warm.files() + FILES);
            assertThat(end.nativeBytes()).as("native memory, warm " + warm).isLessThan(warm.nativeBytes() + BYTES);
            assertThat(end.classes()).as("classes, warm " + warm).isLessThan(warm.classes() + SWAPS / 2);
            assertThat(sampler4j.onnx().counts())
                    .satisfies(c -> assertThat(new int[] {c.leases(), c.slots(), c.tensors()})
                            .containsOnly(0))
                    .extracting(Counts::sessions)
                    .isEqualTo(1);
        } finally {
            enough.set(true);
            threads.shutdownNow();
        }
    }

    private Void keepRunning(Sampler4j sampler4j, int thread) throws Exception {
        Request request = Request.of("digits-ddpm")
                .sampler("swapped")
                .scheduler("swapped")
                .guidance("none")
                .steps(2)
                .count(1)
                .threads(1);
        for (int i = 0; !enough.get(); i++) {
            JsonNode record = new ObjectMapper()
                    .readTree(sampler4j
                            .run(request.seed(1000L * thread + i))
                            .record()
                            .json());
            seen.add(List.of(
                    record.path("sampler").path("sha256").asText(),
                    record.path("scheduler").path("sha256").asText()));
            runs.incrementAndGet();
        }
        return null;
    }

    private static void allCollected(PluginHost host) throws InterruptedException {
        for (int i = 0; i < 100 && host.generations().size() > 1; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(host.generations())
                .as("generations whose class loaders are left")
                .hasSize(1);
    }
}
