package io.sampler4j.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Offer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Switches, and what they leave: reports, events, the log, the way back. Probes have a test of their own. */
class SwapTest {
    @TempDir
    Path work;

    private Path folder;
    private Path log;

    @BeforeEach
    void directories() throws IOException {
        folder = Files.createDirectory(work.resolve("plugins"));
        log = work.resolve("plugins.jsonl");
    }

    private PluginSettings settings() {
        return PluginSettings.of(List.of(folder)).probing(PluginSettings.Probing.NEVER);
    }

    private static List<String> samplers(PluginHost host) {
        try (PluginHost.Lease lease = host.lease()) {
            return lease.registry().offers().stream().map(Offer::name).toList();
        }
    }

    /** Another jar of the plugin test.a, by its sampler. */
    private void put(String sampler) throws IOException {
        Jars.good(folder, "test.a", sampler).write("a.jar");
    }

    private List<JsonNode> logged() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(log)) lines.add(new ObjectMapper().readTree(line));
        return lines;
    }

    @Test
    void aSwitchSaysWhatCameWentAndWasReplaced() throws IOException {
        put("one");
        Path gone = Jars.good(folder, "test.gone", "gone").write("gone.jar");
        try (PluginHost host = PluginHost.open(settings())) {
            List<Swap> heard = new ArrayList<>();
            host.listen(new PluginListener() {
                @Override
                public void switched(Swap swap) {
                    heard.add(swap);
                }
            });
            put("two");
            Jars.good(folder, "test.new", "new").write("new.jar");
            Files.delete(gone);
            Swap swap = host.reload("alice");
            assertThat(swap.generation()).isEqualTo(2);
            assertThat(swap.before()).isEqualTo(1);
            assertThat(swap.by()).isEqualTo("alice");
            assertThat(swap.cause()).isEqualTo(Swap.Cause.RELOAD);
            assertThat(swap.changes())
                    .extracting(c -> c.kind() + " " + c.id())
                    .containsExactlyInAnyOrder("REPLACED test.a", "ADDED test.new", "REMOVED test.gone");
            assertThat(heard).containsExactly(swap);
            assertThat(samplers(host)).containsExactlyInAnyOrder("two", "new");
        }
    }

    @Test
    void aBadJarInPlaceOfALiveOneLeavesTheLiveOneAndSaysSo() throws IOException {
        put("one");
        try (PluginHost host = PluginHost.open(settings())) {
            Files.write(folder.resolve("a.jar"), new byte[9]);
            Jars.good(folder, "test.b", "other").write("b.jar");
            Swap swap = host.reload();
            assertThat(samplers(host)).containsExactlyInAnyOrder("one", "other");
            assertThat(swap.refused()).singleElement().satisfies(c -> {
                assertThat(c.file()).endsWithRaw(Path.of("a.jar"));
                assertThat(c.problem()).contains("cannot be read as a jar");
                assertThat(c.remedy()).contains("test.a 1.0.0, which was live from this file, stays so");
                assertThat(c.from()).hasSize(64).isNotEqualTo(c.to());
            });
            assertThat(host.reload().changes()).as("refused before already").isEmpty();
            assertThat(samplers(host)).containsExactlyInAnyOrder("one", "other");
            Files.delete(folder.resolve("a.jar"));
            host.reload();
            assertThat(samplers(host)).containsExactly("other");
        }
    }

    @Test
    void aNewcomerTakesNoNameFromAPluginWhoseReplacementIsBad() throws IOException {
        Path live = Jars.good(folder, "test.live", "mine").write("z.jar");
        try (PluginHost host = PluginHost.open(settings())) {
            Files.write(live, new byte[9]);
            Jars.good(folder, "test.new", "mine").write("a.jar");
            host.reload();
            assertThat(host.reports())
                    .filteredOn(r -> r.state() == PluginReport.State.LIVE)
                    .extracting(PluginReport::id)
                    .containsExactly("test.live");
        }
    }

    @Test
    void rollingBackGoesBackStepByStepThoughTheFilesAreGone() throws IOException {
        put("one");
        try (PluginHost host = PluginHost.open(settings().log(log))) {
            put("two");
            host.reload();
            Files.delete(folder.resolve("a.jar"));
            host.reload();
            assertThat(samplers(host)).isEmpty();
            Swap swap = host.rollBack("bob");
            assertThat(swap.cause()).isEqualTo(Swap.Cause.ROLL_BACK);
            assertThat(samplers(host)).containsExactly("two");
            host.rollBack("bob");
            assertThat(samplers(host)).containsExactly("one");
            assertThatThrownBy(host::rollBack)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("no plugins to roll back to");
            host.reload();
            assertThat(samplers(host)).as("what the directory holds").isEmpty();
        }
        assertThat(logged())
                .extracting(n ->
                        n.path("cause").asText() + " " + n.path("generation").asInt())
                .containsExactly("open 1", "reload 2", "reload 3", "roll-back 4", "roll-back 5", "reload 6");
    }

    @Test
    void aWatchedDirectoryBringsNothingBackThatWasRolledBack() throws IOException {
        put("one");
        Path removed = Jars.good(folder, "test.removed", "removed").write("removed.jar");
        try (PluginHost host = PluginHost.open(settings())) {
            put("bad");
            Files.delete(removed);
            host.directoryChanged();
            assertThat(samplers(host)).containsExactly("bad");
            host.rollBack();
            assertThat(host.directoryChanged()).as("the files are as they were").isEmpty();
            Jars.good(folder, "test.b", "other").write("b.jar");
            Swap swap = host.directoryChanged().orElseThrow();
            assertThat(samplers(host)).containsExactlyInAnyOrder("one", "removed", "other");
            assertThat(swap.refused()).extracting(Swap.Change::problem).containsExactly("it was rolled back");
            put("better");
            host.directoryChanged();
            assertThat(samplers(host)).containsExactlyInAnyOrder("better", "removed", "other");
            host.reload();
            assertThat(samplers(host)).containsExactlyInAnyOrder("better", "other");
        }
    }

    @Test
    void whoDependsOnAComponentMayRefuseASwitchWhole() throws IOException {
        put("one");
        try (PluginHost host = PluginHost.open(settings().log(log))) {
            PluginHost.Registration guard = host.guard(next -> {
                if (next.offers().stream().noneMatch(o -> o.name().equals("one"))) {
                    throw new RefusedException("the profile prod needs one: keep it");
                }
            });
            put("two");
            assertThatThrownBy(() -> host.reload("alice")).hasMessageContaining("prod needs one");
            assertThat(samplers(host)).containsExactly("one");
            assertThat(host.generations()).as("nothing is left of the other").hasSize(1);
            guard.close();
            host.reload("alice");
            assertThat(samplers(host)).containsExactly("two");
        }
        assertThat(logged())
                .extracting(n -> n.path("event").asText() + " " + n.path("by").asText())
                .endsWith("untouched alice", "switched alice");
        assertThat(logged().get(1).path("problem").asText()).contains("prod needs one");
        assertThat(logged().get(2).path("changes").get(0).path("from").asText()).matches("[0-9a-f]{64}");
    }

    @Test
    void aFormerGenerationIsListedUntilItIsCollected() throws Exception {
        put("one");
        try (PluginHost host = PluginHost.open(settings())) {
            List<Long> closed = new ArrayList<>(), collected = new ArrayList<>();
            host.listen(new PluginListener() {
                @Override
                public void closed(long generation) {
                    closed.add(generation);
                }

                @Override
                public void collected(long generation) {
                    collected.add(generation);
                }
            });
            PluginHost.Lease held = host.lease();
            put("two");
            host.reload();
            assertThat(held.generation()).isEqualTo(1);
            assertThat(host.generations())
                    .extracting(g -> g.number() + " " + g.state() + " " + g.leases())
                    .containsExactly("2 LIVE 0", "1 DRAINING 1");
            assertThat(closed).isEmpty();
            held.close();
            assertThat(closed).containsExactly(1L);
            for (int i = 0; i < 100 && host.generations().size() > 1; i++) {
                System.gc();
                Thread.sleep(10);
            }
            assertThat(collected).containsExactly(1L);
            assertThat(host.generations()).hasSize(1);
        }
    }

    @Test
    void copiesAreKeptAsLongAsTheyCanBeNeededAndNoLonger() throws IOException {
        put("one");
        PluginHost host = PluginHost.open(settings());
        Path staging = host.staging();
        for (int i = 0; i < 12; i++) {
            put("s" + i);
            host.reload();
        }
        try (Stream<Path> copies = Files.list(staging)) {
            assertThat(copies).as("the live one, and eight to go back to").hasSize(9);
        }
        PluginHost.Lease lease = host.lease();
        host.close();
        try (Stream<Path> copies = Files.list(staging)) {
            assertThat(copies).as("what is leased").hasSize(1);
        }
        lease.close();
        assertThat(staging).doesNotExist();
    }

    @Test
    void aDirectoryThatEveryoneMayWriteIsRefusedAndWhatIsLiveStays() throws IOException {
        put("one");
        try (PluginHost host = PluginHost.open(settings().log(log))) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xrwx"));
            assertThatThrownBy(host::reload)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("can be written by everyone")
                    .hasMessageContaining("chmod o-w");
            assertThat(samplers(host)).containsExactly("one");
            assertThat(logged().get(1).path("problem").asText()).contains("written by everyone");
        }
        assertThatThrownBy(() -> PluginHost.open(settings())).isInstanceOf(RefusedException.class);
    }

    @Test
    void aListenerThatFailsStopsNoSwitch() throws IOException {
        put("one");
        try (PluginHost host = PluginHost.open(settings())) {
            host.listen(new PluginListener() {
                @Override
                public void switched(Swap swap) {
                    throw new IllegalStateException("not interested");
                }
            });
            put("two");
            host.reload();
            assertThat(samplers(host)).containsExactly("two");
        }
    }

    @Test
    void aLogThatCannotBeWrittenIsRefusedAtOnce() {
        assertThatThrownBy(() -> PluginHost.open(settings().log(work)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("cannot be written");
    }
}
