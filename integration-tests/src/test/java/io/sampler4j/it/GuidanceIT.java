package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Counts;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.run.Plan;
import io.sampler4j.runtime.run.Record;
import io.sampler4j.runtime.run.Replay;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guidance through the host: a second model, its lease, its record and its replay, and what is refused. */
class GuidanceIT {
    private static final double STRONG = .5;
    private static final double WEAK = .8;
    private static final double W = 2;
    private static final double HIGH = 40;

    @TempDir
    Path folder;

    private Sampler4j sampler4j;

    @BeforeEach
    void open() throws IOException {
        Gaussians.x0(models().resolve("strong"), 2, STRONG, 0, "");
        Gaussians.epsilon(models().resolve("weak"), 2, WEAK, "");
        sampler4j = open(models());
    }

    private Path models() {
        return folder.resolve("models");
    }

    private static Sampler4j open(Path models) {
        return Sampler4j.builder()
                .modelsDirectory(models)
                .modelsDirectory(Distribution.models())
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    @AfterEach
    void close() {
        Counts counts = sampler4j.onnx().counts();
        assertThat(counts.leases()).isZero();
        assertThat(counts.slots()).isZero();
        sampler4j.close();
        assertThat(sampler4j.onnx().counts()).isEqualTo(new Counts(0, 0, 0, 0));
    }

    private static double[] ratios(int steps) {
        double[] ratios = new double[steps + 1];
        for (int i = 0; i < steps; i++) ratios[i] = HIGH * Math.pow(.002 / HIGH, i / (steps - 1.));
        return ratios;
    }

    private Request auto(String sampler) throws IOException {
        Path noise = folder.resolve("noise.npy");
        try (OutputStream out = Files.newOutputStream(noise)) {
            new Npy(new int[] {2, 2}, new float[] {1, -.5f, .25f, 2}).write(out);
        }
        return Request.of("strong")
                .sampler(sampler)
                .ratios(ratios(200))
                .initNoise(noise)
                .count(2)
                .batch(2)
                .seed(1)
                .guidance("autoguidance")
                .set("guidance.model", "weak")
                .cfgScale(W);
    }

    @ParameterizedTest
    @ValueSource(strings = {"heun", "dpmpp-2m", "rectified-flow"})
    void aWeakerModelOfAnotherKindNarrowsTheSamplesByTheLawOfBoth(String sampler) throws IOException {
        Request request = auto(sampler);
        if (sampler.equals("rectified-flow")) request = request.set("method", "rk4");
        Result result = sampler4j.run(request);
        // x(0) / x(T) of d ln x / d ln sigma = w sigma^2/(s1^2 + sigma^2) + (1 - w) sigma^2/(s0^2 + sigma^2).
        double shrink = Math.pow(1 + HIGH * HIGH / STRONG / STRONG, -W / 2)
                * Math.pow(1 + HIGH * HIGH / WEAK / WEAK, -(1 - W) / 2);
        float[] noise = {1, -.5f, .25f, 2};
        for (int i = 0; i < 4; i++) {
            // Seen: 1e-4 of the second order in 200 steps, on numbers up to 0.7.
            assertThat(result.array().values()[i]).isCloseTo((float) (noise[i] * HIGH * shrink), within(5e-4f));
        }
        assertThat(result.rows())
                .as("one of each model for each sample and call")
                .isEqualTo(2 * result.nfe() * 2);
    }

    @Test
    void atScaleOneAndOutsideTheIntervalTheWeakerModelIsNotAsked() throws IOException {
        Result off = sampler4j.run(auto("euler").cfgScale(1));
        assertThat(off.rows()).isEqualTo(2 * off.nfe());
        Result plain = sampler4j.run(Request.of("strong")
                .sampler("euler")
                .ratios(ratios(200))
                .initNoise(folder.resolve("noise.npy"))
                .count(2)
                .seed(1));
        assertThat(off.array().values()).containsExactly(plain.array().values());
        Result limited = sampler4j.run(auto("euler").set("interval", "0.2,5"));
        long inside = Arrays.stream(ratios(200)).filter(r -> r > .2 && r <= 5).count();
        assertThat(inside).isBetween(50L, 100L);
        assertThat(limited.rows()).isEqualTo(2 * (limited.nfe() + inside));
    }

    @Test
    void theRecordNamesTheWeakerModelByHashAndReplayFindsItUnderAnyName() throws IOException {
        Path out = folder.resolve("a.npy");
        Request request =
                auto("heun").set("guidance.model", models().resolve("weak").toString());
        sampler4j.run(request).write(out);
        String text = Files.readString(folder.resolve("a.npy.json"));
        assertThat(text).doesNotContain(folder.toString());
        JsonNode guidance = new ObjectMapper().readTree(text).path("guidance");
        assertThat(guidance.path("options").path("model").asText()).isEqualTo("weak");
        assertThat(guidance.path("models").path("model").path("sha256").asText())
                .isEqualTo(Distribution.sha256(models().resolve("weak/model.json")));
        Files.move(models().resolve("weak"), models().resolve("renamed"));
        Replay replay = sampler4j.replay(Record.parse(text, "a"), Optional.of(folder));
        assertThat(replay.same(sampler4j.run(replay.request()))).isTrue();
        Files.move(models().resolve("renamed"), folder.resolve("gone"));
        assertThatThrownBy(() -> sampler4j.replay(Record.parse(text, "a"), Optional.of(folder)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("the model \"weak\" whose manifest has sha256")
                .hasMessageContaining("--models-dir");
    }

    @Test
    void thePlanHoldsBothNetworksAndGivesBothBack() throws IOException {
        try (Plan plan = sampler4j.plan(auto("heun"))) {
            assertThat(sampler4j.onnx().counts().leases()).isEqualTo(2);
            assertThat(plan.run().array().values())
                    .containsExactly(plan.run().array().values());
        }
        assertThat(sampler4j.onnx().counts().leases()).isZero();
    }

    @Test
    void aBatchEqualsItsSingles() throws IOException {
        for (int batch : new int[] {1, 2}) {
            float[] made =
                    sampler4j.run(auto("euler-ancestral").batch(batch)).array().values();
            assertThat(made)
                    .containsExactly(sampler4j
                            .run(auto("euler-ancestral").threads(1))
                            .array()
                            .values());
        }
    }

    @Test
    void aWeakerModelThatDoesNotFitIsRefusedNamingBoth() throws IOException {
        Gaussians.x0(models().resolve("wide"), 3, WEAK, 0, "");
        refused(auto("heun").set("guidance.model", "wide"), "strong makes samples of shape [2], and wide of [3]");
        refused(auto("heun").set("guidance.model", "wek"), "there is no model \"wek\"; did you mean \"weak\"?");
        refused(auto("heun").set("guidance.model", "digits-classifier"), "a model of kind classifier");
        refused(auto("heun").set("guidance.model", ""), "name it, as in --set guidance.model=NAME");
    }

    @Test
    void whatTheNetworkCannotBeAskedIsRefusedBeforeItIsCalled() throws IOException {
        refused(auto("heun").guidance("cfg"), "there is no option of the guidance \"model\"");
        Request cfg = Request.of("strong").sampler("heun").ratios(ratios(10)).seed(1);
        refused(cfg.guidance("cfg").cfgScale(2), "strong knows no classes, so cfg has nothing to lead towards");
        Path always = models().resolve("always");
        copyWithoutNullClass(Distribution.models().resolve("digits-ddpm"), always);
        Request digits = Request.of("always").classes(3).steps(4).seed(1);
        for (String name : new String[] {"cfg", "cfg-rescaled", "apg"}) {
            refused(digits.guidance(name).cfgScale(2), "always was trained without a null class, which " + name);
        }
        Result auto = sampler4j.run(digits.guidance("autoguidance")
                .set("guidance.model", "digits-ddpm")
                .cfgScale(2));
        float[] alone = sampler4j.run(digits.guidance("none")).sample(0);
        // The same network in both places: 2 D - D, which is D but for the rounding of each step.
        for (int i = 0; i < alone.length; i++) assertThat(auto.sample(0)[i]).isCloseTo(alone[i], within(1e-4f));
        assertThat(auto.rows()).isEqualTo(2 * 4);
        refused(
                Request.of("digits-ddpm")
                        .steps(4)
                        .guidance("autoguidance")
                        .set("guidance.model", "always")
                        .cfgScale(2),
                "always was trained without a null class, which autoguidance needs");
    }

    private static void copyWithoutNullClass(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        String manifest = Files.readString(from.resolve("model.json"));
        assertThat(manifest).contains("\"null\": 10");
        Files.writeString(
                to.resolve("model.json"),
                manifest.replaceAll(",\\s*\"null\": 10", "").replaceAll("(?s),\\s*\"card\": \"README.md\"", ""));
        Files.copy(from.resolve("digits-ddpm.onnx"), to.resolve("digits-ddpm.onnx"));
    }

    private void refused(Request request, String reason) {
        assertThatThrownBy(() -> sampler4j.plan(request))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(reason);
        assertThat(sampler4j.onnx().counts().leases()).isZero();
    }
}
