package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.profile.Profile;
import io.sampler4j.runtime.profile.ProfileStatus;
import io.sampler4j.runtime.profile.ProfileSwitch;
import io.sampler4j.runtime.profile.Profiles;
import io.sampler4j.runtime.run.Record;
import io.sampler4j.runtime.run.Replay;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does behind a name that an application asks for, on small models of a known denoiser. */
class ProfilesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Profile DDIM = Profile.serving("epsilon-vp", "x0-ve")
            .sampler("ddim")
            .scheduler("karras")
            .steps(6)
            .set("scheduler.sigma-min", "0.02")
            .set("scheduler.sigma-max", "20");
    private static final Profile UNIPC = DDIM.sampler("unipc");
    private static final Request ASKED =
            Request.of("epsilon-vp").profile("prod").threads(1);

    @TempDir
    Path dir;

    private Path file;
    private Path log;
    private Sampler4j sampler4j;

    @BeforeEach
    void open() throws IOException {
        new MixtureModel.Cell("epsilon", "VP").write(dir.resolve("models"));
        new MixtureModel.Cell("x0", "VE").write(dir.resolve("models"));
        file = dir.resolve("profiles.json");
        log = dir.resolve("profiles.jsonl");
        write("\"prod\": " + DDIM);
        open(Distribution.plugins());
    }

    private void open(Path plugins) {
        sampler4j = Sampler4j.builder()
                .modelsDirectory(dir.resolve("models"))
                .pluginsDirectory(plugins)
                .profiles(file)
                .profileLog(log)
                .open();
    }

    @AfterEach
    void close() {
        sampler4j.close();
    }

    private void write(String profiles) throws IOException {
        Files.writeString(file, "{\"format\": 1, \"profiles\": {" + profiles + "}}");
    }

    private Profiles profiles() {
        return sampler4j.profiles();
    }

    private ProfileStatus prod() {
        return profiles().list().get(0);
    }

    private JsonNode record(Request request) {
        return tree(sampler4j.run(request).record());
    }

    private static JsonNode tree(Record record) {
        try {
            return JSON.readTree(record.json());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String sampler(long seed) {
        return record(ASKED.seed(seed)).path("sampler").path("name").asText();
    }

    private List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(log)) lines.add(JSON.readTree(line));
        return lines;
    }

    private JsonNode lastLine() throws IOException {
        List<JsonNode> lines = lines();
        return lines.get(lines.size() - 1);
    }

    @Test
    void aSwitchChangesWhatTheSameRequestMakesAndLeavesALine() throws IOException {
        assertThat(sampler(1)).isEqualTo("ddim");
        ProfileSwitch made = profiles().change("prod", UNIPC).by("alice").make();
        assertThat(made.done()).isTrue();
        JsonNode after = record(ASKED.seed(1));
        assertThat(after.path("sampler").path("name").asText()).isEqualTo("unipc");
        assertThat(after.path("profile").path("name").asText()).isEqualTo("prod");
        assertThat(after.path("profile").path("sha256").asText()).isEqualTo(UNIPC.sha256());

        assertThat(lines()).hasSize(2);
        assertThat(lines().get(0).path("event").asText()).isEqualTo("open");
        JsonNode line = lastLine();
        assertThat(line.path("event").asText()).isEqualTo("switch");
        assertThat(line.path("by").asText()).isEqualTo("alice");
        assertThat(line.path("done").asBoolean()).isTrue();
        assertThat(line.path("from").path("sha256").asText()).isEqualTo(DDIM.sha256());
        assertThat(line.path("to").path("sha256").asText()).isEqualTo(UNIPC.sha256());
        assertThat(line.path("from").path("plugins").path("sampler4j.ddim").asText())
                .isEqualTo(Distribution.sha256(Distribution.plugins().resolve("ddim.jar")));
        assertThat(line.path("to").path("plugins").path("sampler4j.dpm-solver").asText())
                .isEqualTo(Distribution.sha256(Distribution.plugins().resolve("dpm-solver.jar")));
    }

    @Test
    void aTrialNeedsNoSessionBesideThatOfTheRuns() {
        for (String model : List.of("epsilon-vp", "x0-ve"))
            sampler4j.run(ASKED.model(model).seed(1));
        assertThat(sampler4j.onnx().counts().sessions()).isEqualTo(2);
        profiles().change("prod", UNIPC).make();
        assertThat(sampler4j.onnx().counts().sessions()).isEqualTo(2);
    }

    @Test
    void aReplayNeedsNoProfile() {
        Result result = sampler4j.run(ASKED.seed(4));
        sampler4j.close();
        try (Sampler4j without = Sampler4j.builder()
                .modelsDirectory(dir.resolve("models"))
                .pluginsDirectory(Distribution.plugins())
                .open()) {
            Replay replay = without.replay(result.record(), Optional.empty());
            assertThat(replay.same(without.run(replay.request()))).isTrue();
        }
    }

    @Test
    void whatWouldNotWorkForOneModelIsRefusedAndTheOldOneStays() throws IOException {
        Profile candidate =
                Profile.serving("epsilon-vp", "x0-ve").sampler("ddim").scheduler("no-such-grid");
        assertThatThrownBy(() -> profiles().change("prod", candidate).by("bob").make())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("on epsilon-vp: there is no scheduler \"no-such-grid\"")
                .hasMessageContaining("on x0-ve: there is no scheduler");
        assertThat(prod().current()).isEqualTo(DDIM);
        assertThat(sampler(1)).isEqualTo("ddim");
        assertThat(lastLine().path("done").asBoolean(true)).isFalse();
        assertThat(lastLine().path("by").asText()).isEqualTo("bob");
        assertThat(lastLine().path("refused").path(0).asText()).contains("no-such-grid");
        assertThat(sampler4j.onnx().counts().leases()).isZero();
    }

    @Test
    void aCanaryGetsItsShareIsPromotedAndRolledBack() throws IOException {
        profiles().change("prod", UNIPC).by("alice").canary("50%").make();
        List<Long> seeds = LongStream.range(0, 12).boxed().toList();
        List<Long> chosen =
                seeds.stream().filter(s -> sampler(s).equals("unipc")).toList();
        assertThat(chosen).isNotEmpty().hasSizeLessThan(12);
        assertThat(seeds.stream().filter(s -> sampler(s).equals("unipc"))).isEqualTo(chosen);
        assertThat(record(ASKED.seed(chosen.get(0)))
                        .path("profile")
                        .path("canary")
                        .asBoolean())
                .isTrue();
        assertThat(lastLine().path("share").asText()).isEqualTo("50%");
        assertThat(prod().share()).contains("50%");

        profiles().promote("prod", "alice");
        assertThat(prod().current()).isEqualTo(UNIPC);
        assertThat(prod().canary()).isEmpty();
        assertThat(seeds).allSatisfy(s -> assertThat(sampler(s)).isEqualTo("unipc"));

        profiles().rollBack("prod", "carol");
        assertThat(prod().current()).isEqualTo(DDIM);
        assertThat(lastLine().path("event").asText()).isEqualTo("roll-back");
        profiles().rollBack("prod", "carol");
        assertThat(prod().current()).as("once more undoes it").isEqualTo(UNIPC);
    }

    @Test
    void rollingBackACanaryTakesItAwayAndNoMore() {
        profiles().change("prod", UNIPC).make();
        profiles().change("prod", DDIM.sampler("heun")).canary("10%").make();
        profiles().rollBack("prod", "x");
        assertThat(prod().canary()).isEmpty();
        assertThat(prod().current()).isEqualTo(UNIPC);
        assertThat(prod().previous()).contains(DDIM);
    }

    @Test
    void whereThereIsNothingToGoToItIsRefused() {
        assertThatThrownBy(() -> profiles().rollBack("prod", "x")).hasMessageContaining("nothing to roll back to");
        assertThatThrownBy(() -> profiles().promote("prod", "x")).hasMessageContaining("no canary to promote");
        assertThatThrownBy(() -> profiles().promote("prd", "x")).hasMessageContaining("did you mean \"prod\"");
        assertThatThrownBy(() -> profiles().change("new", UNIPC).canary("5%").make())
                .hasMessageContaining("there is no profile new whose runs");
        assertThatThrownBy(() -> profiles()
                        .change("prod", Profile.serving("epsilon-vp").sampler("unipc"))
                        .canary("5%")
                        .make())
                .hasMessageContaining("does not serve x0-ve");
        assertThatThrownBy(() -> profiles().change("No Name", UNIPC)).hasMessageContaining("is no name");
    }

    @Test
    void aShadowComparisonMakesLiveSeedsAgainAndRefusesBeyondItsLimit() throws IOException {
        assertThatThrownBy(() -> profiles().change("prod", UNIPC).shadow(4, 1).make())
                .hasMessageContaining("no run asked for prod yet");
        for (long seed : List.of(3, 5, 8)) sampler(seed);
        Profile coarse = UNIPC.steps(2);
        assertThatThrownBy(
                        () -> profiles().change("prod", coarse).shadow(8, 1e-4).make())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("from the last 3 seeds")
                .hasMessageContaining("the limit is 1.0E-4");
        assertThat(prod().current()).isEqualTo(DDIM);
        double mean = lastLine().path("shadow").path("mean").asDouble();
        assertThat(mean).isGreaterThan(1e-4);

        ProfileSwitch made =
                profiles().change("prod", coarse).shadow(2, 1).canary("5%").make();
        assertThat(made.shadow().orElseThrow().runs())
                .extracting(r -> r.seed())
                .as("the latest")
                .containsExactly(8L, 5L);
        assertThat(made.shadow().orElseThrow().runs())
                .allSatisfy(r -> assertThat(r.evaluationsBefore()).isEqualTo(6))
                .allSatisfy(r -> assertThat(r.evaluationsAfter()).isLessThan(6));
        assertThat(profiles().change("prod", DDIM).shadow(3, 0).make().done())
                .as("the same profile makes the same samples")
                .isTrue();
    }

    @Test
    void theFileIsReadAgainAndEachChangeStandsByItself() throws IOException {
        write("\"prod\": " + UNIPC + ", \"next\": " + DDIM + ", \"bad\": " + DDIM.sampler("none-such"));
        List<ProfileSwitch> changes = profiles().reload("ops");
        assertThat(changes).extracting(ProfileSwitch::profile).containsExactly("bad", "next", "prod");
        assertThat(changes).extracting(ProfileSwitch::done).containsExactly(false, true, true);
        assertThat(profiles().list()).extracting(ProfileStatus::name).containsExactly("next", "prod");
        assertThat(sampler(1)).isEqualTo("unipc");

        write("\"prod\": " + UNIPC.toString().replaceFirst("}$", ", \"canary\": " + canary(DDIM, "20%") + "}"));
        assertThat(profiles().reload("ops"))
                .extracting(c -> c.profile() + " " + c.what())
                .containsExactly("next REMOVE", "prod CANARY");
        assertThat(profiles().reload("ops")).as("the file says what stands").isEmpty();

        write("\"prod\": " + DDIM);
        assertThat(profiles().reload("ops"))
                .extracting(c -> c.profile() + " " + c.what())
                .containsExactly("prod PROMOTE");

        write("\"prod\": {}");
        assertThatThrownBy(() -> profiles().reload("ops")).hasMessageContaining("profiles.prod.serves is missing");
        assertThat(sampler(1)).isEqualTo("ddim");
    }

    private static String canary(Profile profile, String share) {
        return profile.toString().replaceFirst("^\\{", "{\"share\": \"" + share + "\", ");
    }

    @Test
    void nothingIsChangedWithoutItsLine() throws IOException {
        Files.delete(log);
        Files.createDirectory(log);
        assertThatThrownBy(() -> profiles().change("prod", UNIPC).make())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("nothing is changed without a line there");
        assertThat(prod().current()).isEqualTo(DDIM);
        Files.delete(log);
        profiles().change("prod", UNIPC).make();
        assertThat(lines()).hasSize(1);
    }

    @Test
    void pluginsWithoutWhichAProfileWouldStopWorkingDoNotGoLive() throws IOException {
        sampler4j.close();
        Path plugins = Files.createDirectory(dir.resolve("plugins"));
        for (String jar : List.of("ddim.jar", "schedules.jar", "dpm-solver.jar")) {
            Files.copy(Distribution.plugins().resolve(jar), plugins.resolve(jar));
        }
        open(plugins);
        assertThat(sampler(1)).isEqualTo("ddim");
        Files.delete(plugins.resolve("ddim.jar"));
        assertThatThrownBy(() -> sampler4j.plugins().reload())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(
                        "the profile prod would stop working, on epsilon-vp: there is no sampler \"ddim\"");
        assertThat(sampler(1)).isEqualTo("ddim");
        profiles().change("prod", UNIPC).make();
        sampler4j.plugins().reload();
        assertThat(sampler(1)).isEqualTo("unipc");
        assertThat(profiles().check()).isEmpty();
        assertThatThrownBy(() -> profiles().rollBack("prod", "x"))
                .as("what was before needs a plugin that is gone")
                .hasMessageContaining("there is no sampler \"ddim\"");
    }

    @Test
    void runsGoOnWhileTheProfileIsSwitchedAndNoneMixesTwo() throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch going = new CountDownLatch(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                long first = t * 1000L;
                runs.add(threads.submit(() -> {
                    for (long seed = first; !done.get(); seed++) {
                        JsonNode r = record(ASKED.seed(seed));
                        Profile by = r.path("sampler").path("name").asText().equals("ddim") ? DDIM : UNIPC;
                        assertThat(r.path("profile").path("sha256").asText()).isEqualTo(by.sha256());
                        seen.add(by.sampler().orElseThrow());
                        going.countDown();
                    }
                }));
            }
            going.await();
            for (int k = 0; k < 40 || seen.size() < 2; k++) {
                profiles().change("prod", k % 2 == 0 ? UNIPC : DDIM).make();
            }
            done.set(true);
            for (Future<?> run : runs) run.get();
        } finally {
            threads.shutdown();
        }
        assertThat(seen).containsExactlyInAnyOrder("ddim", "unipc");
        assertThat(sampler4j.onnx().counts().leases()).isZero();
    }

    @Test
    void aFaultyFileKeepsTheHostFromOpening() throws IOException {
        write("\"prod\": {\"serves\": [\"epsilon-vp\"], \"stps\": 3}");
        assertThatThrownBy(() -> Sampler4j.builder().profiles(file).open())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("there is no member profiles.prod.stps; the nearest is steps");
    }
}
