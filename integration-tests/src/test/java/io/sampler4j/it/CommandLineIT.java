package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.output.Png;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped checkpoint through the command line, as its users run it. */
class CommandLineIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private String in(String name) {
        return folder.resolve(name).toString();
    }

    private Tool.Ended generate(String... more) throws Exception {
        String[] all = Stream.concat(
                        Stream.of("generate", "--model", "digits-ddpm", "--steps", "4", "--seed", "7"),
                        Arrays.stream(more))
                .toArray(String[]::new);
        return Tool.run(all);
    }

    private static void succeeded(Tool.Ended ended) {
        assertThat(ended.code()).as(ended.err()).isZero();
    }

    @Test
    void aGridOfDigitsIsDrawnAndReplaysToTheByte() throws Exception {
        succeeded(generate("--class", "0..9", "--count", "10", "-o", in("a.png")));
        assertThat(Png.image(folder.resolve("a.png")).getWidth()).isGreaterThan(10 * 28);
        Tool.Ended replay = Tool.run("replay", in("a.png"), "-o", in("b.png"));
        succeeded(replay);
        assertThat(replay.err()).contains("the same samples, bit for bit");
        assertThat(folder.resolve("b.png")).hasSameBinaryContentAs(folder.resolve("a.png"));
    }

    @Test
    void everyFormCarriesItsRecord() throws Exception {
        for (String out : List.of("a.npy", "a.gif", "a/")) {
            succeeded(generate("--count", "3", "-o", folder.resolve("a").getParent() + "/" + out));
        }
        assertThat(folder.resolve("a").toFile().list())
                .containsExactlyInAnyOrder("000.png", "001.png", "002.png", "record.json");
        for (String record : List.of("a.npy", "a.npy.json", "a.gif", "a")) {
            succeeded(Tool.run("replay", in(record), "-o", in("again.npy")));
        }
        assertThat(folder.resolve("again.npy")).hasSameBinaryContentAs(folder.resolve("a.npy"));
    }

    @Test
    void aSampleAloneEqualsTheSampleInABatch() throws Exception {
        succeeded(generate("--class", "3,5", "--count", "4", "--batch", "4", "-o", in("batch.npy")));
        succeeded(generate("--class", "3,5", "--count", "4", "--threads", "1", "-o", in("single.npy")));
        assertThat(folder.resolve("batch.npy")).hasSameBinaryContentAs(folder.resolve("single.npy"));
        succeeded(Tool.run(
                "generate",
                "--model",
                "digits-ddpm",
                "--steps",
                "4",
                "--seed",
                "9",
                "--class",
                "3",
                "-o",
                in("third.npy")));
        float[] all = Npy.read(folder.resolve("batch.npy")).values();
        assertThat(Npy.read(folder.resolve("third.npy")).values())
                .containsExactly(Arrays.copyOfRange(all, 2 * 784, 3 * 784));
    }

    @Test
    void aSchedulerIsSwappedWithoutTheSampler() throws Exception {
        for (String scheduler : List.of("trailing", "linspace", "quadratic")) {
            succeeded(generate("--scheduler", scheduler, "--sampler", "ddpm", "-o", in(scheduler + ".npy")));
        }
        succeeded(Tool.run(
                "generate",
                "--model",
                "digits-ddpm",
                "--scheduler",
                "explicit",
                "--set",
                "timesteps=900,500,100",
                "-o",
                in("explicit.npy")));
        JsonNode record = JSON.readTree(folder.resolve("explicit.npy.json").toFile());
        assertThat(record.path("steps").asInt()).isEqualTo(3);
        assertThat(record.path("ratios")).hasSize(4);
    }

    @Test
    void anInversionLeadsBackToTheSample() throws Exception {
        String[] fine = {
            "--model", "digits-ddpm", "--steps", "200", "--guidance", "none", "--class", "4", "--set", "clip=0"
        };
        succeeded(run("generate", fine, "--seed", "3", "-o", in("x.npy")));
        succeeded(run("invert", fine, in("x.npy"), "-o", in("z.npy")));
        succeeded(run("generate", fine, "--init-noise", in("z.npy"), "-o", in("again.npy")));
        float[] x = Npy.read(folder.resolve("x.npy")).values(),
                y = Npy.read(folder.resolve("again.npy")).values();
        double squares = 0;
        for (int i = 0; i < x.length; i++) squares += (x[i] - y[i]) * (x[i] - y[i]);
        // First order in 200 steps over a range of 2: a tenth is far below what another digit would be (about 0.7).
        assertThat(Math.sqrt(squares / x.length)).isLessThan(0.1);
    }

    @Test
    void aPictureIsChangedByItsStrengthAndReplaysFromTheFilesOfADirectory() throws Exception {
        succeeded(generate("--class", "7", "-o", in("seven.png")));
        succeeded(generate("--class", "7", "-o", in("seven.npy")));
        succeeded(generate("--class", "1", "--init-image", in("seven.png"), "--strength", "0", "-o", in("same.png")));
        assertThat(pixels("same.png")).isEqualTo(pixels("seven.png"));
        succeeded(generate("--init-image", in("seven.png"), "--strength", "0.5", "--count", "2", "-o", in("a.npy")));
        JsonNode record = JSON.readTree(folder.resolve("a.npy.json").toFile());
        assertThat(record.path("strength").asDouble()).isEqualTo(.5);
        assertThat(record.path("start").asInt()).isEqualTo(2);
        assertThat(record.path("steps").asInt()).isEqualTo(2);
        assertThat(record.path("ratios")).hasSize(5);
        assertThat(record.path("inputs").path("init-image").asText())
                .isEqualTo(Distribution.sha256(folder.resolve("seven.png")));
        Tool.Ended without = Tool.run("replay", in("a.npy"), "-o", in("b.npy"));
        assertThat(without.code()).isEqualTo(2);
        assertThat(without.err()).contains("the run read a file as init-image").contains("say --input DIR");
        Files.createDirectory(folder.resolve("inputs"));
        Files.move(folder.resolve("seven.png"), folder.resolve("inputs/by another name"));
        Tool.Ended unknown = Tool.run("replay", in("a.npy"), "--input", in("inputs"), "-o", in("b.npy"));
        succeeded(unknown);
        assertThat(folder.resolve("b.npy")).hasSameBinaryContentAs(folder.resolve("a.npy"));
    }

    private int[] pixels(String name) {
        var image = Png.image(folder.resolve(name));
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    @Test
    void theLowerHalfOfADigitIsMadeNewAndTheUpperStays() throws Exception {
        succeeded(generate("--class", "0..9", "--count", "3", "-o", in("digits.npy")));
        succeeded(generate("--class", "7", "-o", in("seven.png")));
        BufferedImage half = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 14; y < 28; y++) for (int x = 0; x < 28; x++) half.setRGB(x, y, 0xffffffff);
        png("lower.png", half);
        png("large.png", new BufferedImage(56, 28, BufferedImage.TYPE_BYTE_GRAY));
        float[] known = Npy.read(folder.resolve("digits.npy")).values();
        for (String sampler : List.of("ddim", "heun", "dpmpp-2m", "euler-ancestral")) {
            String[] repair = {
                "--sampler", sampler, "--class", "0..2", "--init-image", in("digits.npy"), "--mask", in("lower.png")
            };
            succeeded(generate(with(repair, "--count", "3", "--batch", "2", "-o", in(sampler + ".npy"))));
            float[] made = Npy.read(folder.resolve(sampler + ".npy")).values();
            for (int i = 0; i < 3; i++) {
                assertThat(Arrays.copyOfRange(made, i * 784, i * 784 + 392))
                        .containsExactly(Arrays.copyOfRange(known, i * 784, i * 784 + 392));
                assertThat(Arrays.copyOfRange(made, i * 784 + 392, i * 784 + 784))
                        .isNotEqualTo(Arrays.copyOfRange(known, i * 784 + 392, i * 784 + 784));
            }
        }
        String[] gif = {"--gif", "x0", "--mask", in("lower.png"), "-o", in("a.gif")};
        succeeded(generate(with(gif, "--class", "0..2", "--count", "3", "--init-image", in("digits.npy"))));
        succeeded(Tool.run("replay", in("a.gif"), "--input", folder.toString(), "-o", in("again.npy")));
        assertThat(folder.resolve("again.npy")).hasSameBinaryContentAs(folder.resolve("ddim.npy"));
        assertThat(generate("--init-image", in("large.png"), "-o", in("b.png")).err())
                .contains("is 56 by 28 pixels, and the model's samples are 28 by 28: scale or crop it");
        assertThat(generate("--init-image", in("seven.png"), "--mask", in("large.png"), "-o", in("b.png"))
                        .err())
                .contains("large.png is 56 by 28 pixels");
        assertThat(generate("--init-image", in("digits.npy"), "--count", "2", "-o", in("b.png"))
                        .err())
                .contains("must have the shape [2, 1, 28, 28], and has [3, 1, 28, 28]");
    }

    private static String[] with(String[] some, String... more) {
        return Stream.of(some, more).flatMap(Arrays::stream).toArray(String[]::new);
    }

    private void png(String name, BufferedImage image) throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
            Png.write(out, image, Map.of());
        }
    }

    @Test
    void everyGuidanceRunsAndReplays() throws Exception {
        copy(Distribution.models().resolve("digits-ddpm"), folder.resolve("models/weaker"));
        Path manifest = folder.resolve("models/weaker/model.json");
        Files.writeString(manifest, Files.readString(manifest).replace("by DDPM", "by DDPM, again"));
        for (String guidance : List.of("cfg-rescaled", "apg", "autoguidance")) {
            String[] all = {"--class", "3", "--guidance", guidance, "--cfg-scale", "3", "-o", in(guidance + ".npy")};
            if (guidance.equals("autoguidance")) {
                all = with(all, "--set", "guidance.model=" + in("models/weaker"));
            }
            succeeded(generate(all));
            assertThat(JSON.readTree(folder.resolve(guidance + ".npy.json").toFile())
                            .path("rows")
                            .asInt())
                    .isEqualTo(2 * 4);
        }
        succeeded(Tool.run("replay", in("apg.npy"), "-o", in("again.npy")));
        Tool.Ended gone = Tool.run("replay", in("autoguidance.npy"), "-o", in("b.npy"));
        assertThat(gone.code()).isEqualTo(2);
        assertThat(gone.err()).contains("made with the model \"weaker\"");
        copy(Distribution.models().resolve("digits-ddpm"), folder.resolve("models/digits-ddpm"));
        succeeded(Tool.run("replay", in("autoguidance.npy"), "--models-dir", in("models"), "-o", in("c.npy")));
        assertThat(folder.resolve("c.npy")).hasSameBinaryContentAs(folder.resolve("autoguidance.npy"));
    }

    private static Tool.Ended run(String verb, String[] common, String... more) throws Exception {
        return Tool.run(Stream.of(new String[] {verb}, common, more)
                .flatMap(Arrays::stream)
                .toArray(String[]::new));
    }

    @Test
    void theTraceTellsEveryCallAndEveryStep() throws Exception {
        succeeded(generate("--class", "1", "--trace", in("t.jsonl"), "--trace-states", in("s.npy"), "-o", in("a.npy")));
        List<String> lines = Files.readAllLines(folder.resolve("t.jsonl"));
        assertThat(lines).hasSize(8);
        JsonNode call = JSON.readTree(lines.get(0));
        assertThat(call.path("nfe").asInt()).isEqualTo(1);
        assertThat(call.path("rows").asInt()).isEqualTo(2);
        assertThat(call.path("time").asDouble()).isEqualTo(750);
        Npy states = Npy.read(folder.resolve("s.npy"));
        assertThat(states.shape()).containsExactly(5, 1, 1, 28, 28);
        assertThat(Arrays.copyOfRange(states.values(), 4 * 784, 5 * 784))
                .containsExactly(Npy.read(folder.resolve("a.npy")).values());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--model digits-dpm                              | there is no model \"digits-dpm\"; did you mean \"digits-ddpm\"?",
                "--model digits-ddpm --sampler dim               | there is no sampler \"dim\"; did you mean \"ddim\"? There are: ddim, ddpm",
                "--model digits-ddpm --scheduler traling         | did you mean \"trailing\"?",
                "--model digits-ddpm --set etta=1                | there is no option \"etta\"; did you mean \"eta\"?",
                "--model digits-ddpm --set eta=2                 | eta=2: must be a number from 0 to 1",
                "--model digits-ddpm --class 12                  | there is no class 12: this model has classes 0 to 9",
                "--model digits-ddpm --class cat                 | there is no class \"cat\"",
                "--model digits-ddpm --steps 0                   | --steps must be 1 or more",
                "--model digits-ddpm --steps 1001                | at most 1000 steps",
                "--model digits-ddpm --count 0                   | --count must be 1 or more",
                "--model digits-ddpm --class 1 --cfg-scale NaN   | --cfg-scale must be a finite number",
                "--model digits-ddpm --cfg-scale 3               | say --class",
                "--model digits-ddpm --device cuda               | onnxruntime_gpu",
                "--model digits-ddpm --device tpu                | cpu",
                "--model digits-ddpm --rng troch                 | did you mean \"torch\"?",
                "--model digits-ddpm --init-noise nowhere.npy    | there is no file nowhere.npy",
                "--model digits-ddpm --seed-mode batch --count 2 --batch 1 | --seed-mode batch",
                "--model digits-ddpm --strength 0.5              | say which with --init-image",
                "--model digits-ddpm --init-image nowhere.png    | there is no file nowhere.png",
                "--model digits-ddpm --init-image a.png --strength x | --strength must be a number",
                "--model digits-ddpm --guidance agp --class 1    | there is no guidance \"agp\"; did you mean \"apg\"?",
                "--model digits-ddpm --guidance autoguidance     | name it, as in --set guidance.model=NAME",
                "--model digits-classifier                       | a model of kind classifier",
                "--modle digits-ddpm                             | did you mean \"--model\"?",
                "--steps 5                                       | generate needs --model M",
            })
    void whatCannotBeDoneIsRefusedWithWhatThereIs(String options, String message) throws Exception {
        String[] all = Stream.concat(Stream.of("generate", "-o", in("a.png")), Arrays.stream(options.split("\\s+")))
                .toArray(String[]::new);
        Tool.Ended ended = Tool.run(all);
        assertThat(ended.err()).contains(message).doesNotContain("\tat ");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(folder.toFile().list()).isEmpty();
    }

    @Test
    void anOutputThatCannotBeWrittenIsRefused() throws Exception {
        assertThat(generate("-o", in("a.jpg")).err()).contains(".png, .gif or .npy");
        Files.writeString(folder.resolve("file"), "");
        Tool.Ended ended = generate("-o", in("file/a.png"));
        assertThat(ended.err()).contains("cannot write");
        assertThat(ended.code()).isEqualTo(2);
    }

    @Test
    void aBadNoiseFileIsRefused() throws Exception {
        write("shape.npy", new Npy(new int[] {1, 28, 28}, new float[784]));
        float[] nan = new float[784];
        nan[5] = Float.NaN;
        write("nan.npy", new Npy(new int[] {1, 1, 28, 28}, nan));
        byte[] whole = Files.readAllBytes(folder.resolve("shape.npy"));
        Files.write(folder.resolve("cut.npy"), Arrays.copyOf(whole, whole.length - 4));
        assertThat(generate("--init-noise", in("shape.npy"), "-o", in("a.npy")).err())
                .contains("must have the shape [1, 1, 28, 28], and has [1, 28, 28]");
        assertThat(generate("--init-noise", in("nan.npy"), "-o", in("a.npy")).err())
                .contains("NaN at element 5");
        assertThat(generate("--init-noise", in("cut.npy"), "-o", in("a.npy")).err())
                .contains("cut off");
        write("few.npy", new Npy(new int[] {1, 1, 1, 28, 28}, new float[784]));
        assertThat(generate("--sampler", "ddpm", "--step-noise", in("few.npy"), "-o", in("a.npy"))
                        .err())
                .contains("holds 1 draws, and this run takes 3");
        assertThat(folder.resolve("a.npy")).doesNotExist();
    }

    private void write(String name, Npy npy) throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
            npy.write(out);
        }
    }

    @Test
    void aChangedOrCutNetworkIsFound() throws Exception {
        copy(Distribution.models().resolve("digits-ddpm"), folder.resolve("models/digits-ddpm"));
        succeeded(Tool.run("verify", "digits-ddpm", "--models-dir", in("models")));
        Path network = folder.resolve("models/digits-ddpm/digits-ddpm.onnx");
        byte[] bytes = Files.readAllBytes(network);
        Files.write(network, Arrays.copyOf(bytes, bytes.length / 2));
        Tool.Ended ended = Tool.run("verify", "digits-ddpm", "--models-dir", in("models"));
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("expected sha256");
        assertThat(generate("--models-dir", in("models"), "-o", in("a.png")).err())
                .contains("expected sha256");
    }

    @Test
    void aSamplerWhoseJarIsGoneIsAnErrorUntilItIsBack() throws Exception {
        Path plugins = folder.resolve("plugins");
        Distribution.copyPlugins(plugins);
        Path aside = folder.resolve("ddim.jar");
        Files.move(plugins.resolve("ddim.jar"), aside);
        Tool.Ended gone = generate("--plugins-dir", plugins.toString(), "--sampler", "ddim", "-o", in("a.png"));
        assertThat(gone.code()).isEqualTo(2);
        assertThat(gone.err()).contains("there is no sampler \"ddim\"").contains("There are: ddpm, ");
        succeeded(generate("--plugins-dir", plugins.toString(), "--sampler", "ddpm", "-o", in("b.png")));
        Files.move(aside, plugins.resolve("ddim.jar"));
        succeeded(generate("--plugins-dir", plugins.toString(), "--sampler", "ddim", "-o", in("a.png")));
    }

    @Test
    void aStrangersPluginRuns() throws Exception {
        Path plugins = folder.resolve("plugins");
        Distribution.copyPlugins(plugins);
        Stranger.jar(plugins.resolve("dpm2.jar"));
        JsonNode listed = JSON.readTree(Tool.run("plugins", "--json", "--plugins-dir", plugins.toString())
                .out());
        assertThat(listed)
                .anyMatch(p -> p.path("id").asText().equals("stranger.dpm2")
                        && p.path("state").asText().equals("LIVE"));
        succeeded(
                generate("--plugins-dir", plugins.toString(), "--sampler", "dpm2", "--class", "3", "-o", in("a.npy")));
        assertThat(JSON.readTree(folder.resolve("a.npy.json").toFile())
                        .path("nfe")
                        .asInt())
                .isEqualTo(7);
    }

    @Test
    void anInterruptLeavesNothing() throws Exception {
        Path out = folder.resolve("out.txt"), err = folder.resolve("err.txt");
        int code = Tool.interrupted(
                out, err, "generate", "--model", "digits-ddpm", "--steps", "1000", "--count", "64", "-o", in("a.png"));
        assertThat(code).isEqualTo(130);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("out.txt", "err.txt");
    }

    @Test
    void machinesReadWhatThereIs() throws Exception {
        JsonNode models = JSON.readTree(Tool.run("models", "--json").out());
        assertThat(models.findValuesAsText("name")).contains("digits-ddpm", "digits-classifier");
        succeeded(Tool.run("inspect", "digits-ddpm"));
        Tool.Ended doctor = Tool.run("doctor", "--json");
        succeeded(doctor);
        assertThat(JSON.readTree(doctor.out()).findValuesAsText("what")).contains("JVM", "device cpu", "device cuda");
        assertThat(Tool.run("nonsense").code()).isEqualTo(2);
        assertThat(Tool.run("help", "generate").out()).contains("--cfg-scale");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path p : all.toList()) {
                Path target = to.resolve(from.relativize(p).toString());
                if (Files.isDirectory(p)) Files.createDirectories(target);
                else Files.copy(p, target);
            }
        }
    }
}
