package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profiles from the command line, as an operator tries them before they are rolled out. */
class ProfilesCommandIT {
    private static final String ENDS =
            "\"options\": {\"scheduler.sigma-min\": \"0.02\", \"scheduler.sigma-max\": \"20\"}";

    @TempDir
    Path dir;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        new MixtureModel.Cell("epsilon", "VP").write(dir.resolve("models"));
        file = dir.resolve("some.json");
        Files.writeString(file, """
                {"format": 1, "profiles": {
                  "prod": {"serves": ["epsilon-vp"], "sampler": "ddim", "scheduler": "karras", "steps": 8, %1$s},
                  "rough": {"serves": ["epsilon-vp"], "sampler": "ddim", "scheduler": "karras", "steps": 2, %1$s},
                  "wrong": {"serves": ["epsilon-vp", "none-such"], "sampler": "dimm", "scheduler": "karras", %1$s}}}
                """.formatted(ENDS));
    }

    private Tool.Ended run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--models-dir", dir.resolve("models").toString()));
        return Tool.run(all.toArray(String[]::new));
    }

    @Test
    void checkPlansEachAndSaysWhatIsWrong() throws Exception {
        Tool.Ended ended = run("profiles", "check", file.toString());
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).contains("prod: works", "rough: works", "wrong: does not work");
        assertThat(ended.out())
                .contains("on epsilon-vp: there is no sampler \"dimm\"; did you mean \"ddim\"?")
                .contains("on none-such: there is no model \"none-such\"");
    }

    @Test
    void compareFailsBeyondItsLimit() throws Exception {
        Tool.Ended ended = run(
                "profiles",
                "compare",
                "prod",
                "rough",
                "--profiles",
                file.toString(),
                "--count",
                "2",
                "--limit",
                "0.000001",
                "--json");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("the mean distance is greater than");
        JsonNode report = new ObjectMapper().readTree(ended.out());
        assertThat(report.path("runs").size()).isEqualTo(2);
        assertThat(report.path("runs").path(1).path("seed").asInt()).isEqualTo(1);
        assertThat(report.path("runs").path(0).path("evaluationsBefore").asInt())
                .isEqualTo(8);
        assertThat(report.path("runs").path(0).path("evaluationsAfter").asInt()).isEqualTo(2);
        assertThat(report.path("within").asBoolean(true)).isFalse();
    }

    @Test
    void generateMakesSamplesByOne() throws Exception {
        Path out = dir.resolve("x.npy");
        Tool.Ended made = run(
                "generate",
                "--model",
                "epsilon-vp",
                "--profile",
                "prod",
                "--profiles",
                file.toString(),
                "--seed",
                "3",
                "-o",
                out.toString());
        assertThat(made.err()).isEmpty();
        assertThat(made.code()).isZero();
        JsonNode record = new ObjectMapper().readTree(Files.readString(dir.resolve("x.npy.json")));
        assertThat(record.path("profile").path("name").asText()).isEqualTo("prod");
        assertThat(record.path("steps").asInt()).isEqualTo(8);

        Tool.Ended both = run(
                "generate",
                "--model",
                "epsilon-vp",
                "--profile",
                "prod",
                "--profiles",
                file.toString(),
                "--steps",
                "4",
                "-o",
                out.toString());
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("the profile prod and the request both say the steps");
    }
}
