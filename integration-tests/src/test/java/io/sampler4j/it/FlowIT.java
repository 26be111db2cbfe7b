package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.TinyOnnx;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.run.Progress;
import io.sampler4j.runtime.run.Replay;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import io.sampler4j.runtime.run.Scores;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flow does, by the shipped one, in Java and on the command line; and what a generator without an encoder cannot. */
class FlowIT {
    private static final Request NICE = Request.of("digits-nice").seed(3);
    private static final int PIXELS = 784;

    @TempDir
    static Path folder;

    private static Sampler4j sampler4j;
    private static Path first;
    private static Path second;
    private static Path data;
    private static Path lower;

    @BeforeAll
    static void open() throws IOException {
        gan(folder.resolve("models/gan"));
        wrong(folder.resolve("models/wrong"));
        sampler4j = Sampler4j.builder()
                .modelsDirectory(folder.resolve("models"))
                .modelsDirectory(Distribution.models())
                .pluginsDirectory(Distribution.plugins())
                .open();
        first = folder.resolve("first.png");
        second = folder.resolve("second.png");
        sampler4j.run(NICE).write(first);
        sampler4j.run(NICE.seed(5)).write(second);
        data = folder.resolve("data.npy");
        sampler4j.run(NICE.count(5)).write(data);
        float[] white = new float[PIXELS];
        Arrays.fill(white, PIXELS / 2, PIXELS, 1);
        lower = write("lower.npy", new Npy(new int[] {1, 1, 28, 28}, white));
    }

    @AfterAll
    static void close() {
        assertThat(sampler4j.onnx().counts().leases()).isZero();
        assertThat(sampler4j.onnx().counts().slots()).isZero();
        sampler4j.close();
    }

    private static Path write(String name, Npy npy) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            npy.write(out);
        }
        return file;
    }

    /** x = z, 28 x 28, and no way back. */
    private static void gan(Path directory) throws IOException {
        Files.createDirectories(directory);
        byte[] network = TinyOnnx.graph()
                .input("z", TinyOnnx.FLOAT, "batch", 2)
                .initializer("w", new long[] {1, 2}, 2f, 3f)
                .node("Mul", List.of("z", "w"), List.of("x"))
                .output("x", TinyOnnx.FLOAT, "batch", 2)
                .bytes();
        TinyOnnx.write(directory.resolve("g.onnx"), network);
        manifest(directory, "generator", "", "", TinyOnnx.sha256(network));
    }

    /** A flow whose generator is not its encoder's inverse: 2 x, and 0.51 z. */
    private static void wrong(Path directory) throws IOException {
        Files.createDirectories(directory);
        byte[] generator = TinyOnnx.graph()
                .input("z", TinyOnnx.FLOAT, "batch", 2)
                .initializer("w", new long[] {1, 2}, .51f, .51f)
                .node("Mul", List.of("z", "w"), List.of("x"))
                .output("x", TinyOnnx.FLOAT, "batch", 2)
                .bytes();
        byte[] encoder = TinyOnnx.graph()
                .input("x", TinyOnnx.FLOAT, "batch", 2)
                .initializer("w", new long[] {1, 2}, 2f, 2f)
                .node("Mul", List.of("x", "w"), List.of("z"))
                .initializer("axis", new long[] {1}, 1L)
                .node("ReduceSum", List.of("x", "axis"), List.of("logdet"), TinyOnnx.attribute("keepdims", 0L))
                .output("z", TinyOnnx.FLOAT, "batch", 2)
                .output("logdet", TinyOnnx.FLOAT, "batch")
                .bytes();
        TinyOnnx.write(directory.resolve("g.onnx"), generator);
        TinyOnnx.write(directory.resolve("e.onnx"), encoder);
        manifest(
                directory,
                "flow",
                ", \"e.onnx\": \"" + TinyOnnx.sha256(encoder) + "\"",
                ", \"encoder\": {\"file\": \"e.onnx\", \"inputs\": {\"x\": \"x\"}, \"outputs\": {\"z\": \"z\", "
                        + "\"logdet\": \"logdet\"}}",
                TinyOnnx.sha256(generator));
    }

    private static void manifest(Path directory, String kind, String files, String networks, String hash)
            throws IOException {
        Files.writeString(directory.resolve("model.json"), """
                {"format": 1, "kind": "%s", "files": {"g.onnx": "%s"%s}, "networks": {
                  "generator": {"file": "g.onnx", "inputs": {"z": "z"}, "outputs": {"x": "x"}}%s},
                 "sample": {"shape": [2], "range": [-1, 1]}, "latent": {"distribution": "normal", "shape": [2]},
                 "defaults": {"sampler": "nice"}}
                """.formatted(kind, hash, files, networks));
    }

    @Test
    void aBatchEqualsItsSingles() {
        Result all = sampler4j.run(NICE.count(5).threads(1)),
                three = sampler4j.run(NICE.count(5).batch(3));
        assertThat(three.array().values()).containsExactly(all.array().values());
        for (int i = 0; i < 5; i++) {
            assertThat(sampler4j.run(NICE.seed(3 + i)).sample(0))
                    .as("sample %d", i)
                    .containsExactly(all.sample(i));
        }
        assertThat(all.sample(0)).isNotEqualTo(all.sample(1));
        assertThat(all.nfe()).isEqualTo(1);
        assertThat(three.rows()).isEqualTo(5);
    }

    @Test
    void theTemperatureMultipliesWhatIsDecoded() throws IOException {
        Path latents = folder.resolve("drawn.npy"), halved = folder.resolve("halved.npy");
        sampler4j.run(Request.of("digits-nice").encode(List.of(data))).write(latents);
        Npy z = Npy.read(latents);
        for (int k = 0; k < z.values().length; k++) z.values()[k] *= .5f;
        write("halved.npy", z);
        float[] decoded =
                sampler4j.run(Request.of("digits-nice").decode(halved)).array().values();
        float[] tempered =
                sampler4j.run(NICE.count(5).set("temperature", "0.5")).array().values();
        // Encoded on the way: latents up to 20, known to some 1e-5 of that, and a hundredth of them is a pixel's unit.
        for (int k = 0; k < decoded.length; k++) assertThat(decoded[k]).isCloseTo(tempered[k], within(2e-5f));
    }

    @Test
    void whatIsEncodedIsDecodedAndABatchEqualsItsSingles() {
        Path latents = folder.resolve("z.npy");
        Request encode = Request.of("digits-nice").encode(List.of(first, second));
        Result z = sampler4j.run(encode);
        z.write(latents);
        assertThat(z.shape()).containsExactly(PIXELS);
        assertThat(sampler4j.run(encode.batch(1)).array().values())
                .containsExactly(z.array().values());
        assertThat(sampler4j
                        .run(Request.of("digits-nice").encode(List.of(second)))
                        .sample(0))
                .containsExactly(z.sample(1));
        Result back = sampler4j.run(Request.of("digits-nice").decode(latents));
        float[] given = sampler4j.run(NICE).sample(0);
        for (int k = 0; k < PIXELS; k++) {
            // The picture is whole levels of what was made, at most half of one away.
            float level = Math.round(Math.min(Math.max(given[k], 0), 1) * 255) / 255f;
            assertThat(back.sample(0)[k]).isCloseTo(level, within(1e-5f));
        }
    }

    @Test
    void theWayBetweenTwoPicturesBeginsAndEndsWithThem() {
        Request way = Request.of("digits-nice").interpolate(first, second).count(5);
        Result linear = sampler4j.run(way), one = sampler4j.run(way.batch(1));
        assertThat(one.array().values()).containsExactly(linear.array().values());
        Path latents = folder.resolve("ends.npy");
        sampler4j.run(Request.of("digits-nice").encode(List.of(first, second))).write(latents);
        Result ends = sampler4j.run(Request.of("digits-nice").decode(latents));
        assertThat(linear.sample(0)).containsExactly(ends.sample(0));
        assertThat(linear.sample(4)).containsExactly(ends.sample(1));
        Result spherical = sampler4j.run(way.set("run.path", "spherical"));
        assertThat(spherical.sample(0)).containsExactly(ends.sample(0));
        assertThat(spherical.sample(2)).isNotEqualTo(linear.sample(2));
        assertThat(sampler4j.run(way.count(2)).sample(1)).containsExactly(ends.sample(1));
    }

    @Test
    void inpaintingLeavesTheKnownAloneAndMakesTheRestMoreLikely() {
        Request few = NICE.inpaint(first, lower)
                .set("iterations", "200")
                .set("gradient", "0.001")
                .set("noise", "0.1");
        Result made = sampler4j.run(few.count(3)),
                alone = sampler4j.run(few.seed(5)),
                pairs = sampler4j.run(few.count(3).batch(2));
        assertThat(alone.sample(0)).containsExactly(made.sample(2));
        assertThat(pairs.array().values()).containsExactly(made.array().values());
        assertThat(made.sample(0)).isNotEqualTo(made.sample(1));
        float[] level = new float[PIXELS], given = sampler4j.run(NICE).sample(0);
        for (int k = 0; k < PIXELS; k++) level[k] = Math.round(Math.min(Math.max(given[k], 0), 1) * 255) / 255f;
        for (int k = 0; k < PIXELS / 2; k++) assertThat(made.sample(1)[k]).isEqualTo(level[k]);
        for (float v : made.array().values()) assertThat(v).isBetween(0f, 1f);
        Result begun = sampler4j.run(few.set("iterations", "1"));
        assertThat(nats(made)).isGreaterThan(nats(begun) + 1000);
    }

    private static double nats(Result result) {
        Path file = folder.resolve("scored.npy");
        result.write(file);
        return score(Request.of("digits-nice").score(List.of(file)).set("levels", "0"))
                .nats(0);
    }

    private static Scores score(Request request) {
        return sampler4j.score(request, Progress.Listener.NONE, new Cancellation());
    }

    @Test
    void scoresAreNatsOfTheDensityAndBitsOfTheLevels() {
        Request five = NICE.score(List.of(data));
        Scores all = score(five), ones = score(five.batch(1));
        for (int i = 0; i < 5; i++) {
            assertThat(ones.nats(i)).isEqualTo(all.nats(i));
            assertThat(all.bits(i)).isCloseTo(8 - all.nats(i) / PIXELS / Math.log(2), within(1e-9));
            assertThat(all.standardError(i)).isPositive();
        }
        assertThat(all.nfe()).isEqualTo(2 * 5);
        Scores picture = score(NICE.seed(4).score(List.of(first))),
                again = score(NICE.seed(4).score(List.of(first)));
        assertThat(picture.nats(0))
                .isEqualTo(again.nats(0))
                .isNotEqualTo(score(NICE.score(List.of(first))).nats(0));
        // A digit is some thousands of nats likelier than the noise of its negative.
        assertThat(picture.nats(0)).isBetween(500., 4000.);
    }

    @Test
    void aGeneratorWithoutAnEncoderGeneratesAndCannotEncode() throws IOException {
        Result made = sampler4j.run(Request.of("gan").count(3).seed(1)),
                batched = sampler4j.run(Request.of("gan").count(3).seed(1).batch(1));
        assertThat(batched.array().values()).containsExactly(made.array().values());
        Path z = write("z2.npy", new Npy(new int[] {1, 2}, new float[] {1, 1}));
        assertThat(sampler4j.run(Request.of("gan").decode(z)).sample(0)).containsExactly(2, 3);
        refused(Request.of("gan").encode(List.of(z)), "it generates, and cannot encode");
        refused(Request.of("gan").interpolate(z, z).count(2), "it generates, and cannot encode");
        refused(Request.of("gan").inpaint(z, z), "it generates, and cannot encode");
        assertThatThrownBy(() -> score(Request.of("gan").score(List.of(z)))).hasMessageContaining("nothing scores");
    }

    @Test
    void directionsThatAreNotInverseAreRefusedWithTheNumberBeforeAnythingIsWritten() throws IOException {
        Path x = write("x2.npy", new Npy(new int[] {1, 2}, new float[] {.5f, 1}));
        assertThatThrownBy(() -> sampler4j.run(Request.of("wrong").encode(List.of(x))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("differs by 0.02");
        assertThatThrownBy(() -> score(Request.of("wrong").score(List.of(x)))).hasMessageContaining("differs by 0.02");
        assertThat(sampler4j.run(Request.of("wrong").seed(1)).sample(0)).hasSize(2);
    }

    @Test
    void whatHasNoMeaningIsRefused() throws IOException {
        refused(NICE.steps(5), "--steps has no meaning for digits-nice");
        refused(NICE.scheduler("karras"), "--scheduler has no meaning for digits-nice");
        refused(NICE.guidance("cfg").cfgScale(2), "--guidance has no meaning", "--cfg-scale has no meaning");
        refused(NICE.sampler("ddim"), "one-call sampler", "nice");
        refused(NICE.classes(3), "knows no classes");
        refused(NICE.set("temperatur", "1"), "temperature");
        refused(NICE.frames(Request.Frames.STATE), "no path for a gif");
        refused(NICE.initImage(first), "inpaint makes part of a picture new");
        refused(Request.of("digits-ddpm").encode(List.of(first)), "encode does not take", "flow");
        refused(NICE.invert(first), "invert does not take", "diffusion");
        refused(NICE.encode(List.of(first, data)), "samples are given as pngs, or as one npy");
        refused(NICE.decode(data), "the latents, [n, ...], must have the shape [5, 784]");
        refused(NICE.interpolate(first, data).count(3), "holds 5 samples");
        refused(NICE.interpolate(first, second), "--count must be 2 or more");
        refused(NICE.interpolate(first, second).count(3).set("run.path", "curved"), "linear, spherical");
        Path loud = write("loud.npy", new Npy(new int[] {1, 1, 28, 28}, filled(255)));
        refused(NICE.encode(List.of(loud)), "from 0.0 to 1.0: scale them");
        refused(NICE.inpaint(first, loud), "the mask holds 255");
        refused(NICE.inpaint(first, lower).sampler("nice"), "flow editor", "gradient-ascent");
    }

    private static float[] filled(float v) {
        float[] all = new float[PIXELS];
        Arrays.fill(all, v);
        return all;
    }

    private static void refused(Request request, String... words) {
        assertThatThrownBy(() -> sampler4j.plan(request).close())
                .isInstanceOf(RefusedException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void aRecordMakesItAgain() {
        Path latents = folder.resolve("recorded.npy");
        sampler4j.run(NICE.encode(List.of(first, second))).write(latents);
        for (Request request : List.of(
                NICE.count(2).set("temperature", "0.7"),
                NICE.encode(List.of(second, first)),
                NICE.decode(latents),
                NICE.interpolate(second, first).count(3).set("run.path", "spherical"),
                NICE.inpaint(first, lower).set("iterations", "5"))) {
            Result made = sampler4j.run(request);
            Replay replay = sampler4j.replay(made.record(), Optional.of(folder));
            assertThat(replay.same(sampler4j.run(replay.request())))
                    .as(made.record().json())
                    .isTrue();
        }
    }

    @Test
    void theCommandLineDoesItAllAndReplaysIt() throws Exception {
        String picture = first.toString(), other = second.toString(), files = folder.toString();
        for (List<String> made : List.of(
                List.of("made.png", "generate", "--count", "4", "--seed", "1", "--set", "temperature=0.9"),
                List.of("latents.npy", "encode", picture, other),
                List.of("way.gif", "interpolate", picture, other, "--count", "4", "--path", "spherical"),
                List.of(
                        "new.png",
                        "inpaint",
                        "--input",
                        picture,
                        "--mask",
                        lower.toString(),
                        "--seed",
                        "1",
                        "--set",
                        "iterations=20"))) {
            Path out = folder.resolve(made.get(0)), again = folder.resolve("again-" + made.get(0));
            Tool.Ended ended = tool(made.subList(1, made.size()), out);
            assertThat(ended.code()).as(ended.err()).isZero();
            Tool.Ended replay = Tool.run("replay", out.toString(), "--input", files, "-o", again.toString());
            assertThat(replay.code()).as(replay.err()).isZero();
            assertThat(replay.err()).contains("the same samples, bit for bit");
            assertThat(again).hasSameBinaryContentAs(out);
        }
        Path back = folder.resolve("back.png");
        Tool.Ended decoded =
                tool(List.of("decode", folder.resolve("latents.npy").toString()), back);
        assertThat(decoded.code()).as(decoded.err()).isZero();
        assertThat(decoded.out()).contains("2 samples by digits-nice in one call");
        Tool.Ended score = Tool.run("score", "--model", "digits-nice", "--input", picture, "--seed", "1");
        assertThat(score.out()).contains("bits per dimension, ", " nats: 1 sample by flow");
        assertThat(tool(List.of("encode", picture), back).err()).contains("ends in .npy");
        assertThat(tool(List.of("interpolate", picture), back).err()).contains("takes two samples, got 1");
    }

    private static Tool.Ended tool(List<String> arguments, Path out) throws Exception {
        String[] all = new String[arguments.size() + 4];
        arguments.toArray(all);
        String[] rest = {"--model", "digits-nice", "-o", out.toString()};
        System.arraycopy(rest, 0, all, arguments.size(), 4);
        return Tool.run(all);
    }
}
