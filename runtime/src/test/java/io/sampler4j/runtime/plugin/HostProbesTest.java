package io.sampler4j.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.plugin.Offer;
import io.sampler4j.model.Hashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a host tries plugins, and what it makes of the verdicts. */
class HostProbesTest {
    @TempDir
    Path work;

    private Path folder;
    private final List<Path> probed = new ArrayList<>();
    private final List<Swap> swaps = new ArrayList<>();

    @BeforeEach
    void directory() throws IOException {
        folder = Files.createDirectory(work.resolve("plugins"));
    }

    private PluginSettings settings() {
        return PluginSettings.of(List.of(folder)).probeLimits(Duration.ofSeconds(8), 64);
    }

    private PluginHost open(PluginSettings settings) {
        PluginHost host = PluginHost.open(settings);
        host.listen(new PluginListener() {
            @Override
            public void probing(Path file, String sha256) {
                probed.add(file.getFileName());
            }

            @Override
            public void switched(Swap swap) {
                swaps.add(swap);
            }
        });
        return host;
    }

    private static List<String> samplers(PluginHost host) {
        try (PluginHost.Lease lease = host.lease()) {
            return lease.registry().offers().stream().map(Offer::name).toList();
        }
    }

    private Jars bad() {
        return ProbeTest.made(folder, "return null;", "");
    }

    @Test
    void aPluginThatHangsKeepsNoOtherFromGoingLive() throws IOException {
        Jars.good(folder, "test.live", "live").write("live.jar");
        try (PluginHost host = open(settings())) {
            ProbeTest.made(folder, "while (true) {}", "").write("a-hangs.jar");
            Jars.good(folder, "test.good", "good").write("b-good.jar");
            Swap both = host.reload();
            assertThat(samplers(host)).containsExactlyInAnyOrder("live", "good");
            assertThat(swaps).hasSize(2);
            assertThat(swaps.get(0).changes())
                    .extracting(c -> c.kind() + " " + c.id())
                    .containsExactly("ADDED test.good");
            assertThat(swaps.get(1).refused()).singleElement().satisfies(c -> {
                assertThat(c.file()).endsWithRaw(Path.of("a-hangs.jar"));
                assertThat(c.problem()).contains("did not come back");
            });
            assertThat(both.before()).isEqualTo(1);
            assertThat(both.generation()).isEqualTo(3);
            assertThat(both.changes()).hasSize(2);
        }
    }

    @Test
    void whatIsLiveIsTriedNoSecondTimeAndNoBadOneEither() throws IOException {
        Jars.good(folder, "test.live", "live").write("live.jar");
        try (PluginHost host = open(settings())) {
            bad().write("bad.jar");
            host.reload();
            host.reload();
            assertThat(probed).containsExactly(Path.of("bad.jar"));
            assertThat(samplers(host)).containsExactly("live");
        }
    }

    @Test
    void aVerdictThatWasKeptIsHeededByTheNextHost() throws IOException {
        PluginSettings keeping = settings().verdicts(work.resolve("verdicts"));
        bad().write("bad.jar");
        try (PluginHost host = open(keeping)) {
            assertThat(samplers(host))
                    .as("nothing is tried when a host is opened")
                    .containsExactly("bad");
        }
        try (PluginHost host = open(keeping.probing(PluginSettings.Probing.ALWAYS))) {
            assertThat(samplers(host)).isEmpty();
        }
        try (PluginHost host = open(keeping)) {
            assertThat(samplers(host)).as("and a verdict that is there counts").isEmpty();
            assertThat(host.reports())
                    .singleElement()
                    .satisfies(r -> assertThat(r.problem()).contains("its factory returned null"));
        }
        try (PluginHost host = open(keeping.probing(PluginSettings.Probing.NEVER))) {
            assertThat(samplers(host)).containsExactly("bad");
        }
    }

    @Test
    void aProbeThatCannotBeDoneLeavesAllAsItWas() throws IOException {
        Jars.good(folder, "test.live", "live").write("live.jar");
        System.setProperty("sampler4j.probe.class-path", work.toString());
        try (PluginHost host = open(settings())) {
            Jars.good(folder, "test.good", "good").write("good.jar");
            assertThatThrownBy(host::reload)
                    .hasMessageContaining("cannot be tried in a JVM of its own")
                    .hasMessageContaining("ProbeMain")
                    .hasMessageContaining("probing(NEVER)");
            assertThat(samplers(host)).containsExactly("live");
        } finally {
            System.clearProperty("sampler4j.probe.class-path");
        }
    }

    @Test
    void onlyListedJarsAreLoaded() throws IOException {
        Path one = Jars.good(folder, "test.one", "one").write("one.jar");
        Path two = Jars.good(folder, "test.two", "two").write("two.jar");
        Path list = Files.writeString(work.resolve("allowed"), "# ours\n" + Hashes.of(one) + "  one.jar\n");
        PluginSettings strict = settings().strict(list).probing(PluginSettings.Probing.NEVER);
        try (PluginHost host = open(strict)) {
            assertThat(samplers(host)).containsExactly("one");
            assertThat(host.reports().get(1).problem()).contains(Hashes.of(two)).contains("not in the list");
            Files.writeString(list, Hashes.of(two).toUpperCase(Locale.ROOT));
            host.reload();
            assertThat(samplers(host)).containsExactly("two");
            host.rollBack();
            assertThat(samplers(host)).as("not allowed any more").isEmpty();
            Files.writeString(list, "two.jar");
            assertThatThrownBy(host::reload).hasMessageContaining("line 1").hasMessageContaining("no sha256");
        }
        Files.delete(list);
        assertThatThrownBy(() -> open(strict)).hasMessageContaining("cannot be read");
    }
}
