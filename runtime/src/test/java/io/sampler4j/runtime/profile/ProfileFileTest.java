package io.sampler4j.runtime.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file of profiles may say, and what is said of one that may not. */
class ProfileFileTest {
    @TempDir
    Path dir;

    private Map<String, Deployment> read(String json) throws IOException {
        Path file = dir.resolve("profiles.json");
        Files.writeString(file, json);
        return ProfileFile.read(file);
    }

    @Test
    void readsAllThatAProfileCanSay() throws IOException {
        Map<String, Deployment> all = read("""
                {"format": 1, "profiles": {
                  "prod": {"serves": ["a", "b"], "sampler": "ddim", "scheduler": "trailing", "steps": 20, "guidance": "cfg",
                           "cfgScale": 2.5, "options": {"sampler.eta": "0"},
                           "canary": {"share": "2.5%", "serves": ["a", "b", "c"], "sampler": "unipc"}},
                  "plain": {"serves": ["a"]}}}
                """);
        Deployment prod = all.get("prod");
        assertThat(prod.current())
                .isEqualTo(Profile.serving("a", "b")
                        .sampler("ddim")
                        .scheduler("trailing")
                        .steps(20)
                        .guidance("cfg")
                        .cfgScale(2.5)
                        .set("sampler.eta", "0"));
        assertThat(prod.canary().orElseThrow().profile())
                .isEqualTo(Profile.serving("a", "b", "c").sampler("unipc"));
        assertThat(prod.canary().orElseThrow().share()).isEqualTo(new Share(.025));
        assertThat(prod.previous()).isEmpty();
        assertThat(all.get("plain").current()).isEqualTo(Profile.serving("a"));
    }

    @Test
    void everyFaultIsSaidAtOnceWithItsPlace() {
        assertThatThrownBy(() -> read("""
                {"format": 1, "profile": {}, "profiles": {
                  "Prod": {"serves": [], "steps": 0, "cfgScale": "two", "samplr": "ddim", "options": {"eta": 0}},
                  "prod": {"serves": ["a"], "canary": {"share": "5", "serves": ["a"], "canary": {}}},
                  "more": {"serves": ["a"], "canary": {"share": "100%", "serves": ["a"]}}}}
                """))
                .isInstanceOf(RefusedException.class)
                .satisfies(e -> assertThat(((RefusedException) e).reasons())
                        .allMatch(r -> r.startsWith(dir.resolve("profiles.json") + ": "))
                        .extracting(r -> r.substring((dir.resolve("profiles.json") + ": ").length()))
                        .containsExactlyInAnyOrder(
                                "there is no member profile; the nearest is profiles",
                                "profiles.Prod is no name: small letters, digits, '.', '_' and '-', at most 64, the first a"
                                        + " letter or a digit",
                                "profiles.Prod.serves is missing",
                                "profiles.Prod.steps must be a whole number from 1 to 1000000, got 0",
                                "profiles.Prod.cfgScale must be a number, got \"two\"",
                                "profiles.Prod.options must be an object of texts, got {\"eta\":0}",
                                "there is no member profiles.Prod.samplr; the nearest is sampler",
                                "profiles.prod.canary.share is none: a share is written as 5%, got \"5\"",
                                "there is no member profiles.prod.canary.canary; the nearest is share",
                                "profiles.more.canary.share is none: a canary takes more than 0% and less than 100% of"
                                        + " runs, got 100.0%: for all of them, switch"));
    }

    @Test
    void aFileThatIsNoneIsRefused() {
        assertThatThrownBy(() -> read("{\"format\": 1,")).hasMessageContaining("profiles.json is not JSON");
        assertThatThrownBy(() -> read("[]")).hasMessageContaining("it must be an object");
        assertThatThrownBy(() -> read("{\"profiles\": {}}")).hasMessageContaining("format is missing");
        assertThatThrownBy(() -> read("{\"format\": 2, \"profiles\": {}}")).hasMessageContaining("format must be");
        assertThatThrownBy(() -> read("{\"format\": 1, \"profiles\": {\"a\": 1}}"))
                .hasMessageContaining("profiles.a must be an object");
        assertThatThrownBy(() -> read("{\"format\": 1, \"profiles\": {\"a\": {\"serves\": [\"x\"]}, \"a\": {}}}"))
                .hasMessageContaining("is not JSON")
                .hasMessageContaining("Duplicate");
        assertThatThrownBy(() -> ProfileFile.read(dir.resolve("none.json")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("none.json cannot be read");
    }
}
