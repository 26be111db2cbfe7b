package io.sampler4j.runtime.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.run.Profiled;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.RunRequest;
import io.sampler4j.runtime.run.TextRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How a name becomes a request. */
class ProfileTableTest {
    private static final Profile OLD = Profile.serving("m").sampler("ddim").steps(10);
    private static final Profile NEW = Profile.serving("m").sampler("unipc").steps(5);
    private static final Request ASKED = Request.of("m").profile("prod").seed(7);

    private final ProfileTable table = new ProfileTable();

    private void put(Profile profile) {
        table.put("prod", Optional.of(new Deployment(profile, Optional.empty(), Optional.empty())));
    }

    private void canary(double share) {
        table.put(
                "prod",
                Optional.of(new Deployment(
                        OLD, Optional.of(new Deployment.Canary(NEW, new Share(share))), Optional.empty())));
    }

    @Test
    void aRequestWithoutANameIsLeftAlone() {
        Request request = Request.of("m").sampler("ddpm");
        assertThat(table.apply(request)).isSameAs(request);
    }

    @Test
    void whatTheProfileSaysIsInTheRequestAndTheRestIsTheRequestsOwn() {
        put(OLD.scheduler("trailing")
                .guidance("cfg")
                .cfgScale(2)
                .set("eta", "0")
                .set("sampler.x", "1"));
        Request made = table.apply(ASKED.count(3).classes(4).set("clip", "2"));
        assertThat(made.sampler()).contains("ddim");
        assertThat(made.scheduler()).contains("trailing");
        assertThat(made.steps()).hasValue(10);
        assertThat(made.guidance()).contains("cfg");
        assertThat(made.cfgScale()).hasValue(2);
        assertThat(made.settings()).containsOnlyKeys("eta", "sampler.x", "clip");
        assertThat(made.count()).isEqualTo(3);
        assertThat(made.seed()).hasValue(7);
        assertThat(made.profile()).as("it is filled in once").isEmpty();
        assertThat(made.profiled().map(Profiled::name)).contains("prod");
        assertThat(made.profiled().map(Profiled::canary)).contains(false);
    }

    @Test
    void anUnknownNameIsRefusedWithThoseThereAre() {
        put(OLD);
        assertThatThrownBy(() -> table.apply(Request.of("m").profile("prd")))
                .isInstanceOf(RefusedException.class)
                .hasMessage("there is no profile \"prd\"; did you mean \"prod\"? There is: prod");
    }

    @Test
    void whatBothSayIsRefusedAtOnce() {
        put(OLD.scheduler("trailing").guidance("cfg").cfgScale(2).set("eta", "0"));
        assertThatThrownBy(() -> table.apply(ASKED.sampler("ddim")
                        .scheduler("karras")
                        .steps(10)
                        .guidance("none")
                        .cfgScale(1)
                        .set("eta", "1")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("both say the sampler, the scheduler, the steps, the guidance's scale, the option"
                        + " eta, the guidance:");
        assertThatThrownBy(() -> table.apply(ASKED.ratios(new double[] {1, 0})))
                .hasMessageContaining("both say the noise levels");
    }

    @Test
    void aModelThatIsNotServedIsRefused() {
        put(OLD);
        assertThatThrownBy(() -> table.apply(Request.of("other").profile("prod")))
                .hasMessageContaining("the profile prod does not serve other, but m");
    }

    @Test
    void textHasNoGuidanceByName() {
        put(Profile.serving("m").guidance("cfg"));
        assertThatThrownBy(() -> table.apply(TextRequest.of("m").profile("prod")))
                .hasMessageContaining("leave guidance away");
        put(Profile.serving("m").steps(8).cfgScale(2));
        assertThat(table.apply(TextRequest.of("m").profile("prod")).steps()).hasValue(8);
    }

    @Test
    void aCanaryGetsItsShareOfSeedsAndAlwaysTheSameOnes() {
        canary(.05);
        List<Long> few = chosen(20_000);
        // A binomial of 20,000 and 5 % has a standard deviation of 31: within five of them.
        assertThat((double) few.size()).isCloseTo(1000, within(155.0));
        assertThat(chosen(20_000)).isEqualTo(few);
        canary(.2);
        assertThat(chosen(20_000)).as("a greater share holds the smaller one").containsAll(few);
    }

    private List<Long> chosen(int seeds) {
        return LongStream.range(0, seeds)
                .filter(s -> table.apply(ASKED.seed(s)).profiled().orElseThrow().canary())
                .boxed()
                .toList();
    }

    @Test
    void whatTheCanaryMakesIsTheCanarys() {
        canary(.5);
        List<Long> chosen = chosen(50);
        Request made = table.apply(ASKED.seed(chosen.get(0)));
        assertThat(made.sampler()).contains("unipc");
        assertThat(made.profiled().orElseThrow().sha256()).isEqualTo(NEW.sha256());
        assertThat(table.apply(ASKED.seed(LongStream.range(0, 50)
                                .filter(s -> !chosen.contains(s))
                                .findFirst()
                                .orElseThrow()))
                        .sampler())
                .contains("ddim");
    }

    @Test
    void aSeedThatWasNotAskedForIsDrawnSinceItDecides() {
        canary(.5);
        Request made = table.apply(Request.of("m").profile("prod"));
        assertThat(made.seed()).isPresent();
        assertThat(made.profiled().orElseThrow().canary())
                .isEqualTo(new Share(.5).holds("prod", made.seed().getAsLong()));
    }

    @Test
    void theLastRequestsAreKeptTheLatestFirstAndOnlyWhatCanBeMadeAgain() {
        put(OLD);
        for (int seed = 0; seed < 100; seed++) table.apply(ASKED.seed(seed));
        table.apply(ASKED.pairs());
        table.apply(TextRequest.of("m").profile("prod").saveCanvas(Path.of("c")));
        List<RunRequest<?>> last = table.recent("prod", 3);
        assertThat(last).extracting(r -> r.seed().orElseThrow()).containsExactly(99L, 98L, 97L);
        assertThat(table.recent("prod", 1000)).hasSize(64);
        table.put("prod", Optional.empty());
        assertThat(table.recent("prod", 3)).isEmpty();
    }

    @Test
    void noRequestIsMadeOfTwoProfilesWhileOneIsSwitched() throws Exception {
        put(OLD);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> switches = threads.submit(() -> {
                for (int i = 0; i < 20_000; i++) put(i % 2 == 0 ? NEW : OLD);
                done.set(true);
            });
            Future<int[]> asks = threads.submit(() -> {
                int[] seen = new int[2];
                while (!done.get()) {
                    Request made = table.apply(ASKED);
                    boolean old = made.sampler().orElseThrow().equals("ddim");
                    seen[old ? 0 : 1]++;
                    assertThat(made.steps()).hasValue(old ? 10 : 5);
                    assertThat(made.profiled().orElseThrow().sha256()).isEqualTo((old ? OLD : NEW).sha256());
                }
                return seen;
            });
            switches.get();
            assertThat(asks.get()[0] + asks.get()[1]).isPositive();
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void aHashIsOfWhatIsSaidAndNotOfItsOrder() {
        Profile one = Profile.serving("m").set("a", "1").set("b", "2").steps(3);
        Profile other = Profile.serving("m").steps(3).set("b", "2").set("a", "1");
        assertThat(one.sha256()).isEqualTo(other.sha256()).hasSize(64);
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one.set("a", "2").sha256()).isNotEqualTo(one.sha256());
        assertThat(Profile.serving("m", "n").steps(3))
                .isNotEqualTo(Profile.serving("m").steps(3));
    }

    @Test
    void sharesAreWrittenAsPerCent() {
        assertThat(Share.parse(" 5% ")).isEqualTo(new Share(.05)).hasToString("5%");
        assertThat(Share.parse("0.1 %")).hasToString("0.1%");
        for (String none : List.of("5", "0%", "100%", "-1%", "NaN%", "five%", "")) {
            assertThatThrownBy(() -> Share.parse(none)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
