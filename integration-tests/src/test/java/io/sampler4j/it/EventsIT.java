package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.event.Health;
import io.sampler4j.runtime.profile.Profile;
import io.sampler4j.runtime.run.Request;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host tells of itself. */
class EventsIT {
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();
    private static final Request PLAIN = Request.of("epsilon-vp").threads(1).seed(1);
    private static final Request ASKED = PLAIN.sampler("ddim")
            .scheduler("karras")
            .steps(4)
            .set("scheduler.sigma-min", "0.02")
            .set("scheduler.sigma-max", "20");
    private static final Profile DDIM = Profile.serving("epsilon-vp")
            .sampler("ddim")
            .scheduler("karras")
            .steps(4)
            .set("scheduler.sigma-min", "0.02")
            .set("scheduler.sigma-max", "20");

    @TempDir
    Path dir;

    private Path plugins;

    @BeforeEach
    void models() throws IOException {
        new MixtureModel.Cell("epsilon", "VP").write(dir.resolve("models"));
        plugins = Files.createDirectory(dir.resolve("plugins"));
        for (String jar : List.of("ddim.jar", "schedules.jar", "dpm-solver.jar")) {
            Files.copy(Distribution.plugins().resolve(jar), plugins.resolve(jar));
        }
    }

    private Sampler4j.Builder builder() {
        return Sampler4j.builder().modelsDirectory(dir.resolve("models")).pluginsDirectory(plugins);
    }

    private static Set<ObjectName> beans() throws JMException {
        return BEANS.queryNames(new ObjectName("io.sampler4j:type=Sampler4j,id=*"), null);
    }

    private static Object attribute(ObjectName bean, String name) throws JMException {
        return BEANS.getAttribute(bean, name);
    }

    @Test
    void theFlightRecorderSeesRunsSessionsPluginsAndProfiles() throws IOException {
        Path file = dir.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            try (Sampler4j sampler4j = builder().open()) {
                sampler4j.run(ASKED.count(3));
                sampler4j
                        .profiles()
                        .change("prod", DDIM.sampler("unipc").steps(3))
                        .by("alice")
                        .make();
                sampler4j.run(PLAIN.profile("prod"));
                assertThatThrownBy(() -> sampler4j.run(ASKED.sampler("none-such")));
                Cancellation stop = new Cancellation();
                assertThatThrownBy(() -> sampler4j.run(ASKED, p -> stop.cancel("by hand"), stop));
                Files.delete(plugins.resolve("ddim.jar"));
                sampler4j.plugins().reload();
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> all = RecordingFile.readAllEvents(file);
        assertThat(of(all, "sampler4j.Run"))
                .extracting(
                        e -> e.getString("model"),
                        e -> e.getString("sampler"),
                        e -> e.getString("profile"),
                        e -> e.getInt("count"),
                        e -> e.getLong("nfe"),
                        e -> e.getLong("rows"),
                        e -> e.getString("outcome"),
                        e -> e.getString("problem"))
                .containsExactly(
                        tuple("epsilon-vp", "ddim", "", 3, nfe(3), 12L, "completed", ""),
                        tuple("epsilon-vp", "unipc", "prod", 1, 3L, 3L, "completed", ""),
                        tuple("epsilon-vp", "ddim", "", 1, 0L, 0L, "cancelled", "by hand"));
        assertThat(of(all, "sampler4j.Run"))
                .allSatisfy(e -> assertThat(e.getDuration()).isPositive())
                .allSatisfy(
                        e -> assertThat(e.getDuration("queueTime").isNegative()).isFalse());
        assertThat(of(all, "sampler4j.RunStarted")).hasSize(3);
        assertThat(of(all, "sampler4j.RunPlanned"))
                .hasSize(3)
                .allSatisfy(e -> assertThat(e.getDuration("planTime")).isPositive());
        assertThat(of(all, "sampler4j.RunRejected"))
                .singleElement()
                .satisfies(e -> assertThat(e.getString("outcome")).isEqualTo("refused"))
                .satisfies(e -> assertThat(e.getString("problem")).contains("none-such"));
        List<RecordedEvent> opened = of(all, "sampler4j.SessionOpened");
        assertThat(opened)
                .as("for the first trial of the profile, and for runs, by their number of threads")
                .hasSizeBetween(1, 2)
                .allSatisfy(e -> assertThat(e.getString("file")).endsWith("network.onnx"))
                .allSatisfy(e -> assertThat(e.getLong("bytes"))
                        .isEqualTo(Files.size(dir.resolve("models/epsilon-vp/network.onnx"))))
                .anySatisfy(e -> assertThat(e.getInt("threads")).isEqualTo(1));
        assertThat(of(all, "sampler4j.SessionClosed")).hasSameSizeAs(opened);
        assertThat(of(all, "sampler4j.PluginsSwitched"))
                .extracting(e -> e.getLong("generation"), e -> e.getString("cause"), e -> e.getInt("changes"))
                .containsExactly(tuple(2L, "reload", 1));
        assertThat(of(all, "sampler4j.ProfileChanged"))
                .extracting(
                        e -> e.getString("profile"),
                        e -> e.getString("change"),
                        e -> e.getString("by"),
                        e -> e.getBoolean("done"))
                .containsExactly(tuple("prod", "switch", "alice", true));
    }

    /** Four for each call of the network, of which the host makes as many as the samples need on one thread. */
    private static long nfe(int samples) {
        return 4L * ((samples + 15) / 16);
    }

    private static List<RecordedEvent> of(List<RecordedEvent> all, String name) {
        return all.stream().filter(e -> e.getEventType().getName().equals(name)).toList();
    }

    @Test
    void eachHostHasABeanForAsLongAsItIsOpen() throws JMException {
        Set<ObjectName> before = beans();
        try (Sampler4j one = builder().open();
                Sampler4j other = builder().open()) {
            Set<ObjectName> now = beans();
            now.removeAll(before);
            assertThat(now).hasSize(2);
            one.run(ASKED);
            assertThatThrownBy(() -> one.run(ASKED.sampler("none-such"))).isInstanceOf(RefusedException.class);
            other.run(ASKED.steps(2));
            other.run(ASKED.steps(2));
            assertThat(now).anySatisfy(bean -> {
                assertThat(attribute(bean, "CompletedRuns")).isEqualTo(1L);
                assertThat(attribute(bean, "RefusedRequests")).isEqualTo(1L);
                assertThat(attribute(bean, "NetworkEvaluations")).isEqualTo(4L);
                assertThat(attribute(bean, "NetworkRows")).isEqualTo(4L);
                assertThat(attribute(bean, "Sessions")).isEqualTo(1);
                assertThat(attribute(bean, "Plugins")).isEqualTo(3);
                assertThat(attribute(bean, "Status")).isEqualTo("OK");
                assertThat(attribute(bean, "SessionBytes")).isEqualTo(one.onnx().bytes());
            });
            assertThat(now)
                    .anySatisfy(
                            bean -> assertThat(attribute(bean, "CompletedRuns")).isEqualTo(2L));
        }
        assertThat(beans()).isEqualTo(before);
        try (Sampler4j without = builder().management(false).open()) {
            assertThat(without.health().ok()).isTrue();
            assertThat(beans()).isEqualTo(before);
        }
    }

    @Test
    void anOperatorChangesProfilesThroughTheBean() throws Exception {
        Path file = dir.resolve("profiles.json");
        Profile old = DDIM;
        Files.writeString(file, "{\"format\": 1, \"profiles\": {\"prod\": " + old + "}}");
        Set<ObjectName> before = beans();
        try (Sampler4j sampler4j = builder().profiles(file).open()) {
            Set<ObjectName> now = beans();
            now.removeAll(before);
            ObjectName bean = now.iterator().next();
            assertThat((String[]) attribute(bean, "Profiles")).containsExactly("prod " + old.sha256());
            Profile next = old.sampler("unipc");
            Files.writeString(file, "{\"format\": 1, \"profiles\": {\"prod\": " + next + "}}");
            String[] lines = (String[]) invoke(bean, "reloadProfiles", "alice");
            assertThat(lines).singleElement().asString().contains("\"by\":\"alice\"", next.sha256());
            assertThat(sampler4j.run(PLAIN.profile("prod")).record().samplerPlugin())
                    .contains("dpm-solver");
            assertThat((String) invoke(bean, "rollBackProfile", "prod", "bob")).contains("roll-back", old.sha256());
            assertThatThrownBy(() -> invoke(bean, "promoteProfile", "prod", "bob"))
                    .as("in words of the JDK's classes")
                    .isInstanceOf(RuntimeMBeanException.class)
                    .hasCauseExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no canary to promote");
        }
    }

    private static Object invoke(ObjectName bean, String operation, String... arguments) throws JMException {
        String[] types = new String[arguments.length];
        java.util.Arrays.fill(types, String.class.getName());
        try {
            return BEANS.invoke(bean, operation, arguments, types);
        } catch (MBeanException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void healthLoadsNothingAndNamesARefusedPlugin() throws IOException {
        Files.writeString(plugins.resolve("broken.jar"), "no jar");
        try (Sampler4j sampler4j = builder().open()) {
            Health before = sampler4j.health();
            assertThat(before.ok()).isTrue();
            assertThat(before.plugins()).as("they were not needed yet").isZero();
            assertThat(before.sessions()).isZero();
            sampler4j.run(ASKED);
            Health after = sampler4j.health();
            assertThat(after.status()).isEqualTo(Health.Status.DEGRADED);
            assertThat(after.reasons()).singleElement().asString().contains("broken.jar is refused: ");
            assertThat(after.plugins()).isEqualTo(3);
            assertThat(after.sessions()).isEqualTo(1);
            assertThat(after.completed()).isEqualTo(1);
        }
    }

    @Test
    void aNetworkThatFailsAgainAndAgainDegradesTheHost() throws IOException {
        Path network = dir.resolve("models/epsilon-vp/network.onnx");
        byte[] good = Files.readAllBytes(network);
        try (Sampler4j sampler4j = builder().open()) {
            // A whole file whose manifest was written for another: its hash is right, and no network is in it.
            byte[] bad = "no network".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            Path manifest = dir.resolve("models/epsilon-vp/model.json");
            String text = Files.readString(manifest);
            Files.write(network, bad);
            Files.writeString(
                    manifest,
                    text.replaceFirst(
                            "\"network.onnx\": \"[0-9a-f]+\"",
                            "\"network.onnx\": \"" + Distribution.sha256(network) + "\""));
            for (int i = 0; i < 3; i++) assertThatThrownBy(() -> sampler4j.run(ASKED));
            assertThat(sampler4j.health().reasons())
                    .singleElement()
                    .asString()
                    .startsWith("the last 3 runs that ended by themselves failed; the last: ");
            assertThat(sampler4j.health().failed()).isEqualTo(3);
            Files.write(network, good);
            Files.writeString(manifest, text);
            sampler4j.run(ASKED);
            assertThat(sampler4j.health().ok()).isTrue();
        }
    }

    @Test
    void whatIsRefusedWhileItIsLoadedIsToldInItsOwnWords() throws IOException {
        Path none = Files.writeString(dir.resolve("none"), "no directory");
        try (Sampler4j sampler4j = Sampler4j.builder()
                .modelsDirectory(dir.resolve("models"))
                .pluginsDirectory(none)
                .open()) {
            assertThatThrownBy(() -> sampler4j.run(ASKED))
                    .isExactlyInstanceOf(RefusedException.class)
                    .hasMessageStartingWith("the plugins directory " + none + " cannot be read");
        }
    }
}
