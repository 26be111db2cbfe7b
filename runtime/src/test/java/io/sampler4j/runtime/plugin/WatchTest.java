package io.sampler4j.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Offer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchTest {
    private static final Duration QUIET = Duration.ofMillis(200);
    /** Long enough for any machine; nothing waits for it unless it fails. */
    private static final long MINUTE = 60;

    @TempDir
    Path work;

    private Path folder;
    private PluginHost host;
    private final BlockingQueue<Swap> swaps = new LinkedBlockingQueue<>();

    @BeforeEach
    void open() throws IOException {
        folder = Files.createDirectory(work.resolve("plugins"));
        Jars.good(folder, "test.a", "one").write("a.jar");
        host = PluginHost.open(PluginSettings.of(List.of(folder)).probing(PluginSettings.Probing.NEVER));
        host.listen(new PluginListener() {
            @Override
            public void switched(Swap swap) {
                swaps.add(swap);
            }
        });
    }

    @AfterEach
    void close() {
        host.close();
    }

    private Swap next() throws InterruptedException {
        Swap swap = swaps.poll(MINUTE, TimeUnit.SECONDS);
        assertThat(swap).as("a switch").isNotNull();
        assertThat(swap.by()).isEqualTo("watch");
        return swap;
    }

    private List<String> samplers() {
        try (PluginHost.Lease lease = host.lease()) {
            return lease.registry().offers().stream().map(Offer::name).toList();
        }
    }

    @Test
    void whatComesChangesAndGoesIsSwitched() throws Exception {
        host.watch(QUIET);
        Jars.good(work, "test.b", "two").write("b.jar");
        Files.move(work.resolve("b.jar"), folder.resolve("b.jar"));
        assertThat(next().changes()).extracting(Swap.Change::kind).containsExactly(Swap.Kind.ADDED);
        assertThat(samplers()).containsExactlyInAnyOrder("one", "two");
        Jars.good(work, "test.b", "other").write("b.jar");
        Files.move(work.resolve("b.jar"), folder.resolve("b.jar"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(next().changes()).extracting(Swap.Change::kind).containsExactly(Swap.Kind.REPLACED);
        Files.delete(folder.resolve("a.jar"));
        assertThat(next().changes()).extracting(Swap.Change::kind).containsExactly(Swap.Kind.REMOVED);
        assertThat(samplers()).containsExactly("other");
    }

    @Test
    void aFileThatIsStillBeingCopiedIsWaitedFor() throws Exception {
        byte[] bytes = Files.readAllBytes(Jars.good(work, "test.b", "two").write("b.jar"));
        host.watch(QUIET);
        try (OutputStream out = Files.newOutputStream(folder.resolve("b.jar"))) {
            int piece = bytes.length / 12 + 1;
            for (int at = 0; at < bytes.length; at += piece) {
                out.write(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece)));
                out.flush();
                // Each pause is shorter than the quiet that ends a copy; all together are much longer.
                Thread.sleep(QUIET.toMillis() / 4);
            }
        }
        // On a machine that stops this thread for long, half a jar is refused first, and takes nothing from what is
        // live.
        while (!samplers().contains("two")) next();
        assertThat(samplers()).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void whatChangedBeforeTheWatchBeganIsSeenAndWhatDidNotIsNoSwitch() throws Exception {
        Jars.good(folder, "test.b", "two").write("b.jar");
        host.watch(QUIET);
        next();
        assertThat(samplers()).containsExactlyInAnyOrder("one", "two");
        assertThat(host.directoryChanged()).as("all as it was").isEmpty();
    }

    @Test
    void aRefusalEndsNoWatch() throws Exception {
        host.watch(QUIET);
        PluginHost.Registration never = host.guard(next -> {
            throw new RefusedException("not now");
        });
        BlockingQueue<String> refusals = new LinkedBlockingQueue<>();
        host.listen(new PluginListener() {
            @Override
            public void untouched(Swap.Cause cause, String by, String why) {
                refusals.add(why);
            }
        });
        Jars.good(folder, "test.b", "two").write("b.jar");
        assertThat(refusals.poll(MINUTE, TimeUnit.SECONDS)).isEqualTo("not now");
        never.close();
        Jars.good(folder, "test.c", "three").write("c.jar");
        next();
        assertThat(samplers()).containsExactlyInAnyOrder("one", "two", "three");
    }

    @Test
    void closingEndsItsThread() {
        PluginHost.Registration watch = host.watch(QUIET);
        host.watch(QUIET);
        assertThat(watchers()).isEqualTo(2);
        watch.close();
        watch.close();
        assertThat(watchers()).isEqualTo(1);
        host.close();
        assertThat(watchers()).isZero();
    }

    private static long watchers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("sampler4j-plugins-watch"))
                .count();
    }
}
