package io.sampler4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Counts;
import io.sampler4j.onnx.Device;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.onnx.Slot;
import io.sampler4j.onnx.TinyOnnx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDirectoryTest {
    private static final NetworkOptions ONE_THREAD = new NetworkOptions(Device.parse("cpu"), 1);

    @TempDir
    Path folder;

    private Path model(String shape, String files) throws IOException {
        Path directory = folder.resolve("models/tiny");
        Files.createDirectories(directory);
        byte[] network = TinyOnnx.denoiser(3, 8, 8);
        TinyOnnx.write(directory.resolve("network.onnx"), network);
        Files.writeString(directory.resolve("model.json"), """
                {"format": 1, "kind": "diffusion", "files": {"network.onnx": "%s"%s},
                 "networks": {"denoiser": {"file": "network.onnx", "inputs": {"x": "x", "time": "t"},
                                           "outputs": {"prediction": "out"}}},
                 "process": {"coordinates": "VP", "betas": {"schedule": "linear", "start": 1e-4, "end": 0.02, "steps": 10}},
                 "prediction": "epsilon", "time": {"kind": "index", "perSample": true},
                 "sample": {"shape": %s, "range": [-1, 1]}}
                """.formatted(TinyOnnx.sha256(network), files, shape));
        return directory;
    }

    @Test
    void aGoodModelIsLeasedAndEverythingIsClosed() throws IOException {
        ModelDirectory model = ModelDirectory.open(model("[3, 8, 8]", ""));
        model.verify();
        OnnxRuntime runtime = new OnnxRuntime();
        try (Network one = model.lease(runtime, "denoiser", ONE_THREAD);
                Network two = model.lease(runtime, "denoiser", ONE_THREAD)) {
            assertThat(one.signature()).isEqualTo(two.signature());
            assertThat(runtime.counts().sessions()).isEqualTo(1);
        }
        runtime.close();
        assertThat(runtime.counts()).isEqualTo(new Counts(0, 0, 0, 0));
    }

    @Test
    void aManifestThatIsNotTheNetworksIsShownAsATable() throws IOException {
        ModelDirectory model = ModelDirectory.open(model("[1, 28, 28]", ""));
        try (OnnxRuntime runtime = new OnnxRuntime()) {
            assertThatThrownBy(() -> model.lease(runtime, "denoiser", ONE_THREAD))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("manifest expects")
                    .hasMessageContaining("float [batch, 1, 28, 28]")
                    .hasMessageContaining("dimension 1 is 3, and the manifest says 1");
            assertThat(runtime.counts().leases()).isZero();
        }
    }

    @Test
    void pathsThatLeadOutAreRefused() throws IOException {
        Files.writeString(folder.resolve("secret"), "s");
        String hash = "0".repeat(64);
        for (String out : List.of("../../secret", "/etc/passwd")) {
            Path directory = model("[3, 8, 8]", ", \"" + out + "\": \"" + hash + "\"");
            assertThatThrownBy(() -> ModelDirectory.open(directory))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("leads out of the directory");
        }
        Path directory = model("[3, 8, 8]", ", \"link\": \"" + hash + "\"");
        Files.createSymbolicLink(directory.resolve("link"), folder.resolve("secret"));
        assertThatThrownBy(() -> ModelDirectory.open(directory))
                .hasMessageContaining("is a link out of the directory")
                .hasMessageContaining("cp -rL");
    }

    @Test
    void aBrokenModelHidesNoOther() throws IOException {
        model("[3, 8, 8]", "");
        Files.createDirectories(folder.resolve("models/broken"));
        Files.writeString(folder.resolve("models/broken/model.json"), "{");
        Models models = new Models(List.of(folder.resolve("models")));
        assertThat(models.names()).containsExactly("tiny");
        assertThat(models.list()).hasSize(2);
        assertThatThrownBy(() -> models.open("tny")).hasMessageContaining("did you mean \"tiny\"?");
        assertThat(models.withSha256(models.open("tiny").sha256())).isPresent();
    }

    @Test
    void externalDataMustBeListedAndThere() throws IOException {
        Path directory = folder.resolve("external");
        Files.createDirectories(directory);
        byte[] network = TinyOnnx.graph()
                .input("x", TinyOnnx.FLOAT, "batch", 2)
                .external("w", new long[] {2}, "weights.bin")
                .node("Mul", List.of("x", "w"), List.of("out"))
                .output("out", TinyOnnx.FLOAT, "batch", 2)
                .bytes();
        TinyOnnx.write(directory.resolve("network.onnx"), network);
        assertThat(OnnxFile.locations(directory.resolve("network.onnx"))).containsExactly("weights.bin");
        Files.writeString(
                directory.resolve("model.json"),
                "{\"format\": 1, \"kind\": \"classifier\", \"files\": {\"network.onnx\": \"" + TinyOnnx.sha256(network)
                        + "\"}}");
        assertThatThrownBy(() -> ModelDirectory.open(directory).verify())
                .hasMessageContaining("files does not list weights.bin");
    }

    @Test
    void theSameGraphWithOtherWeightsIsAnotherSession() throws IOException {
        byte[] network = TinyOnnx.graph()
                .input("x", TinyOnnx.FLOAT, "batch", 2)
                .external("w", new long[] {2}, "weights.bin")
                .node("Mul", List.of("x", "w"), List.of("out"))
                .output("out", TinyOnnx.FLOAT, "batch", 2)
                .bytes();
        try (OnnxRuntime runtime = new OnnxRuntime()) {
            for (float w : new float[] {2, 3}) {
                Path directory = Files.createDirectories(folder.resolve("weights-" + (int) w));
                byte[] weights = TinyOnnx.littleEndian(w, w);
                TinyOnnx.write(directory.resolve("network.onnx"), network);
                TinyOnnx.write(directory.resolve("weights.bin"), weights);
                Files.writeString(directory.resolve("model.json"), """
                        {"format": 1, "kind": "classifier", "files": {"network.onnx": "%s", "weights.bin": "%s"},
                         "networks": {"classifier": {"file": "network.onnx", "inputs": {"x": "x"}, "outputs": {"y": "out"}}}}
                        """.formatted(
                                TinyOnnx.sha256(network), TinyOnnx.sha256(weights)));
                try (Network leased = ModelDirectory.open(directory).lease(runtime, "classifier", ONE_THREAD);
                        Slot slot = leased.slot(Map.of("x", new long[] {1, 2}), Map.of("out", new long[] {1, 2}))) {
                    slot.fill("x", 0, 1, 10);
                    slot.run(new Cancellation());
                    float[] out = new float[2];
                    slot.read("out", 0, 0, out);
                    assertThat(out).containsExactly(10 * w, 10 * w);
                }
            }
        }
    }

    @Test
    void aCutNetworkIsSaidToBeOne() throws IOException {
        byte[] network = TinyOnnx.denoiser(3, 8, 8);
        Path file = folder.resolve("cut.onnx");
        Files.write(file, Arrays.copyOf(network, network.length - 20));
        assertThatThrownBy(() -> OnnxFile.locations(file)).hasMessageContaining("cut off");
    }

    @Test
    void aDraftTakesOverWhatAConfigurationSaysAndNamesWhatIsLeft() throws IOException {
        Files.createDirectories(folder.resolve("export"));
        TinyOnnx.write(folder.resolve("export/unet.onnx"), TinyOnnx.denoiser(3, 8, 8));
        Files.writeString(folder.resolve("export/scheduler_config.json"), """
                {"_class_name": "DDIMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
                 "clip_sample": false, "set_alpha_to_one": false, "steps_offset": 1, "prediction_type": "v_prediction",
                 "skip_prk_steps": true}
                """);
        InitModel.Draft draft =
                InitModel.draft(folder.resolve("export/unet.onnx"), Optional.empty(), folder.resolve("new"));
        assertThat(draft.ignored()).containsExactly("skip_prk_steps = true: has no place in a manifest");
        assertThat(draft.open())
                .containsExactly("sample.range: the values that are black and white; [-1, 1] is assumed");
        ModelDirectory made = ModelDirectory.open(folder.resolve("new"));
        made.verify();
        Manifest m = made.manifest();
        assertThat(m.prediction()).contains("v");
        assertThat(m.clip()).isEmpty();
        assertThat(m.process().orElseThrow().betas().orElseThrow().schedule()).isEqualTo("scaled-linear");
        assertThat(m.defaults().options())
                .containsEntry("scheduler.offset", "1")
                .containsEntry("scheduler.end", "lowest");
        InitModel.Draft like =
                InitModel.draft(folder.resolve("export/unet.onnx"), Optional.of(made), folder.resolve("like"));
        assertThat(like.open()).isEmpty();
        assertThatThrownBy(() ->
                        InitModel.draft(folder.resolve("export/unet.onnx"), Optional.empty(), folder.resolve("new")))
                .hasMessageContaining("exists already");
    }
}
