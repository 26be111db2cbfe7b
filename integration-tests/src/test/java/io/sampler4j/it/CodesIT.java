package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.output.Png;
import io.sampler4j.runtime.run.Plan;
import io.sampler4j.runtime.run.Progress;
import io.sampler4j.runtime.run.Record;
import io.sampler4j.runtime.run.Replay;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures in two stages from the shipped checkpoints, in Java and on the command line. */
class CodesIT {
    private static final String RASTER = "emoji-prior-ar";
    private static final String PARALLEL = "emoji-prior-maskgit";
    private static final String CODEC = "emoji-vqgan";

    @TempDir
    Path folder;

    private Sampler4j sampler4j;

    @BeforeEach
    void open() {
        sampler4j = Sampler4j.builder()
                .modelsDirectory(Distribution.models())
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    @AfterEach
    void close() {
        sampler4j.close();
        assertThat(sampler4j.onnx().counts().tensors()).isZero();
    }

    private static Request pictures(String prior) {
        return Request.of(prior).count(5).classes("0..8").seed(11);
    }

    private Path png(String name, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean inside = Math.hypot(x % 64 - 32, y % 64 - 32) < 24;
                image.setRGB(x, y, inside ? 0xf0c030 : 0xffffff);
            }
        }
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            Png.write(out, image, Map.of());
        }
        return file;
    }

    @ParameterizedTest
    @CsvSource({"emoji-prior-ar, 64", "emoji-prior-maskgit, 12"})
    void aPriorAndItsDecoderMakePictures(String prior, int calls) {
        try (Plan plan = sampler4j.plan(pictures(prior).batch(5))) {
            assertThat(plan.nfe()).hasValue(calls);
            List<Progress> told = new ArrayList<>();
            Result r = plan.run(told::add, new io.sampler4j.onnx.Cancellation());
            assertThat(r.shape()).containsExactly(3, 64, 64);
            assertThat(r.nfe()).as("all five in each call").isEqualTo(calls);
            assertThat(r.rows()).as("twice, for guidance").isEqualTo(2L * 5 * calls);
            assertThat(told).hasSize(calls);
            assertThat(told.get(calls - 1).nfe()).isEqualTo(told.get(calls - 1).planned());
            for (int k = 0; k < 5; k++) {
                float[] one = r.sample(k);
                for (float v : one) assertThat(v).isBetween(-1f, 1f);
                assertThat(Arrays.copyOf(one, 3000)).isNotEqualTo(Arrays.copyOf(r.sample((k + 1) % 5), 3000));
            }
        }
    }

    /** Neither the batch nor the threads choose a code: what is drawn is the same to the bit. */
    @ParameterizedTest
    @ValueSource(strings = {RASTER, PARALLEL})
    void aBatchEqualsItsSingles(String prior) {
        Result all = sampler4j.run(pictures(prior).batch(5).threads(1));
        Result two = sampler4j.run(pictures(prior).batch(2).threads(2));
        assertThat(two.array().values()).containsExactly(all.array().values());
        Result alone = sampler4j.run(Request.of(prior).classes("3").seed(14));
        assertThat(alone.sample(0)).containsExactly(all.sample(3));
    }

    @Test
    void aRecordMakesThemAgain() {
        for (Request r : List.of(
                pictures(RASTER).count(2).cfgScale(1.5).set("top-k", "50"),
                pictures(PARALLEL).count(2).scheduler("square").steps(7).set("choice-temperature", "2"),
                pictures(PARALLEL).count(1).sampler("autoregressive").set("temperature", "0.5"))) {
            Result made = sampler4j.run(r);
            Record record = Record.parse(made.record().json(), "made");
            Replay replay = sampler4j.replay(record, Optional.empty());
            Result again = sampler4j.run(replay.request());
            assertThat(replay.same(again)).isTrue();
            assertThat(again.record().json()).isEqualTo(made.record().json());
        }
    }

    /** 8x8 codes that fill in: grey first, none at the last, and never grey again. */
    @Test
    void aGifShowsTheCodesFillingIn() throws IOException {
        Path gif = folder.resolve("filling.gif");
        sampler4j
                .run(Request.of(PARALLEL).classes("0").seed(2).steps(8).frames(Request.Frames.STATE))
                .write(gif);
        List<BufferedImage> frames = new ArrayList<>();
        try (ImageInputStream in = ImageIO.createImageInputStream(gif.toFile())) {
            ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
            reader.setInput(in);
            for (int i = 0; i < reader.getNumImages(true); i++) frames.add(reader.read(i));
            reader.dispose();
        }
        assertThat(frames).hasSize(9);
        assertThat(grey(frames.get(0))).isEqualTo(64);
        // floor(64 cos(pi/2 i/8)): what MaskGIT's schedule leaves.
        assertThat(grey(frames.get(1))).isBetween(60, 64);
        assertThat(grey(frames.get(4))).isBetween(43, 47);
        assertThat(grey(frames.get(8))).isLessThanOrEqualTo(2);
    }

    /** Of the 64 squares, those of one grey in the middle of the range. */
    private static int grey(BufferedImage frame) {
        int side = frame.getWidth() / 8, count = 0;
        for (int k = 0; k < 64; k++) {
            int rgb = frame.getRGB(k % 8 * side + side / 2, k / 8 * side + side / 2) & 0xffffff;
            int corner = frame.getRGB(k % 8 * side + 1, k / 8 * side + 1) & 0xffffff;
            if (rgb == corner && (rgb == 0x808080 || rgb == 0x7f7f7f)) count++;
        }
        return count;
    }

    @Test
    void aPictureLargerThanThePriorIsDrawnByAWindow() {
        Request wide = Request.of(RASTER).classes("8").seed(2).set("model.width", "96");
        Result r = sampler4j.run(wide);
        assertThat(r.shape()).containsExactly(3, 64, 96);
        assertThat(r.nfe()).isEqualTo(96);
        assertThat(r.record().json()).contains("\"tiles\":\"blended\"");
        refused(wide.set("model.width", "100"), "no multiple of the 8 pixels", "104");
        refused(wide.set("model.width", "32"), "the nearest is 64x64");
        refused(Request.of(PARALLEL).set("model.width", "96"), "looks both ways over 8x8");
    }

    @Test
    void aPictureIsReconstructedByWayOfItsCodes() throws IOException {
        Path picture = png("face.png", 64, 64), codes = folder.resolve("codes.npy");
        Result whole = sampler4j.run(Request.of(CODEC).reconstruct(List.of(picture)));
        assertThat(whole.psnr()).hasSize(1);
        assertThat(whole.psnr()[0]).isGreaterThan(18);
        float[] given = Png.read(picture, 3, 64, 64, -1, 1);
        double sum = 0;
        for (int i = 0; i < given.length; i++) sum += Math.pow(given[i] - whole.sample(0)[i], 2);
        assertThat(whole.psnr()[0]).isCloseTo(10 * Math.log10(4 * given.length / sum), within(1e-6));
        Result encoded = sampler4j.run(Request.of(CODEC).encode(List.of(picture)));
        encoded.write(codes);
        Npy.Whole ids = Npy.Whole.read(codes);
        assertThat(ids.shape()).containsExactly(1, 8, 8);
        for (long id : ids.values()) assertThat(id).isBetween(0L, 511L);
        Result decoded = sampler4j.run(Request.of(CODEC).decode(codes));
        assertThat(decoded.array().values()).containsExactly(whole.array().values());
        Replay replay = sampler4j.replay(Record.parse(decoded.record().json(), "decoded"), Optional.of(folder));
        assertThat(replay.same(sampler4j.run(replay.request()))).isTrue();
    }

    @Test
    void aLargePictureIsTakenTileByTile() throws IOException {
        Path large = png("large.png", 136, 64);
        Result r = sampler4j.run(Request.of(CODEC).reconstruct(List.of(large)));
        assertThat(r.shape()).containsExactly(3, 64, 136);
        assertThat(r.nfe())
                .as("three tiles to codes, and four back, which overlap by half")
                .isEqualTo(4 + 4);
        assertThat(r.psnr()[0]).isGreaterThan(14);
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheNumbers() throws IOException {
        refused(Request.of(CODEC).encode(List.of(png("odd.png", 100, 60))), "100x60", "the nearest is 104x64");
        Path codes = folder.resolve("codes.npy");
        long[] ids = new long[64];
        ids[9] = 512;
        write(codes, new Npy.Whole(new int[] {8, 8}, ids));
        refused(Request.of(CODEC).decode(codes), "the code 512 at row 1, column 1", "none of the 512");
        write(codes, new Npy.Whole(new int[] {4, 8}, new long[32]));
        refused(Request.of(CODEC).decode(codes), "4x8 codes", "8x8 or more");
        refused(Request.of(CODEC), "generate does not take");
        refused(Request.of(RASTER).sampler("maskgit").scheduler("cosine").steps(8), "knows no mask", "autoregressive");
        refused(Request.of(RASTER).steps(8), "leave --scheduler and --steps away");
        refused(Request.of(RASTER).classes("12"), "there is no class 12");
        refused(Request.of(RASTER).guidance("cfg"), "--cfg-scale");
        refused(Request.of(RASTER).initImage(codes), "starts from no picture");
        refused(Request.of(PARALLEL).set("temprature", "1"), "temprature");
    }

    /** A prior of other codes, of another grid, and of another codec of the same name. */
    @Test
    void aPriorThatDisagreesWithItsDecoderIsRefusedWithTheNumbersOfBoth() throws IOException {
        Path models = folder.resolve("models");
        for (String model : List.of(RASTER, CODEC)) copy(model, models);
        Path manifest = models.resolve(RASTER).resolve("model.json");
        String said = Files.readString(manifest);
        try (Sampler4j other = Sampler4j.builder()
                .modelsDirectory(models)
                .pluginsDirectory(Distribution.plugins())
                .open()) {
            Files.writeString(manifest, said.replace("\"classFrom\": 512", "\"classFrom\": 512, \"codes\": 500"));
            assertThatThrownBy(() -> other.plan(Request.of(RASTER)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("draws from 500 codes")
                    .hasMessageContaining("decodes 512");
            Files.writeString(manifest, said.replaceAll("\"shape\": \\[\\s*8,\\s*8\\s*]", "\"shape\": [4, 16]"));
            assertThatThrownBy(() -> other.plan(Request.of(RASTER)))
                    .hasMessageContaining("[4, 16]")
                    .hasMessageContaining("[8, 8]");
            Files.writeString(manifest, said);
            Path codec = models.resolve(CODEC).resolve("model.json");
            Files.writeString(codec, Files.readString(codec).replace("64x64 in colour", "64x64 in other colours"));
            assertThatThrownBy(() -> other.plan(Request.of(RASTER))).hasMessageContaining("sha256");
        }
    }

    private static void copy(String model, Path models) throws IOException {
        Path to = Files.createDirectories(models.resolve(model));
        try (Stream<Path> files = Files.list(Distribution.models().resolve(model))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void write(Path file, Npy.Whole codes) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            codes.write(out);
        }
    }

    private void refused(Request request, String... parts) {
        assertThatThrownBy(() -> sampler4j.plan(request).close())
                .isInstanceOf(RefusedException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    @Test
    void theCommandLineDoesAllOfIt() throws IOException, InterruptedException {
        Path picture = png("face.png", 64, 64), out = folder.resolve("out.png"), grid = folder.resolve("grid.png");
        Tool.Ended made = Tool.run(
                "generate",
                "--model",
                PARALLEL,
                "--class",
                "0..8",
                "--count",
                "9",
                "--seed",
                "1",
                "-o",
                grid.toString());
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(made.out()).contains("9 samples by maskgit in 12 steps");
        assertThat(Png.texts(grid)).containsKey("sampler4j");
        Tool.Ended back = Tool.run("reconstruct", "--model", CODEC, picture.toString(), "-o", out.toString());
        assertThat(back.code()).as(back.err()).isZero();
        assertThat(back.out()).containsPattern("PSNR \\d+\\.\\d\\d dB");
        Path codes = folder.resolve("codes.npy");
        Tool.Ended encoded = Tool.run("encode", "--model", CODEC, picture.toString(), "-o", codes.toString());
        assertThat(encoded.code()).as(encoded.err()).isZero();
        Path decoded = folder.resolve("decoded.png");
        Tool.Ended ended = Tool.run("decode", "--model", CODEC, codes.toString(), "-o", decoded.toString());
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(Png.read(decoded, 3, 64, 64, -1, 1)).containsExactly(Png.read(out, 3, 64, 64, -1, 1));
        Tool.Ended text = Tool.run("generate", "--model", RASTER, "-p", "a face", "-o", out.toString());
        assertThat(text.code()).isEqualTo(2);
        assertThat(text.err()).contains("--prompt is for text");
    }
}
