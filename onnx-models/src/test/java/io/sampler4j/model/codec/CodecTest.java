package io.sampler4j.model.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.testing.TestCanvas;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.TokensSpec;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Counts;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.onnx.TinyOnnx;
import io.sampler4j.tensor.ArrayTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A codec of 6x6 codes and 2x2 pixels each; its networks are convolutions of known reach. */
class CodecTest {
    private static final int CODES = 10;
    private static final int OWN = 6;

    /** A code's place is seen by two convolutions of 3x3 before it becomes pixels. */
    private static final int REACH = 2;

    @TempDir
    Path dir;

    private final OnnxRuntime runtime = new OnnxRuntime();

    @AfterEach
    void nothingIsLeft() {
        runtime.close();
        assertThat(runtime.counts()).isEqualTo(new Counts(0, 0, 0, 0));
    }

    private static float[] random(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] v = new float[n];
        for (int i = 0; i < n; i++) v[i] = (float) random.nextDouble(-1, 1);
        return v;
    }

    /** From a latent of one channel: two convolutions, and one that makes a square of each place. */
    private static TinyOnnx pixels(TinyOnnx g, String latent, Object h, Object w, Object height, Object width) {
        return g.initializer("k1", new long[] {1, 1, 3, 3}, random(9, 1))
                .initializer("k2", new long[] {1, 1, 3, 3}, random(9, 2))
                .initializer("k3", new long[] {1, 1, 2, 2}, random(4, 3))
                .node("Conv", List.of(latent, "k1"), List.of("h1"), TinyOnnx.attribute("pads", 1L, 1, 1, 1))
                .node("Conv", List.of("h1", "k2"), List.of("h2"), TinyOnnx.attribute("pads", 1L, 1, 1, 1))
                .node("ConvTranspose", List.of("h2", "k3"), List.of("x"), TinyOnnx.attribute("strides", 2L, 2))
                .output("x", TinyOnnx.FLOAT, "batch", 1, height, width);
    }

    /** Contract a: the codes are looked up inside. */
    private static byte[] decoder(Object h, Object w, Object height, Object width) {
        TinyOnnx g = TinyOnnx.graph()
                .input("codes", TinyOnnx.INT64, "batch", h, w)
                .initializer("table", new long[] {CODES}, random(CODES, 4))
                .initializer("one", new long[] {1}, 1L)
                .node("Gather", List.of("table", "codes"), List.of("z"))
                .node("Unsqueeze", List.of("z", "one"), List.of("latent"));
        return pixels(g, "latent", h, w, height, width).bytes();
    }

    /** The mean of each square, times ten, rounded down: a code that depends on its own square alone. */
    private static byte[] encoder(Object h, Object w, Object height, Object width) {
        return TinyOnnx.graph()
                .input("x", TinyOnnx.FLOAT, "batch", 1, height, width)
                .initializer("mean", new long[] {1, 1, 2, 2}, 2.5f, 2.5f, 2.5f, 2.5f)
                .initializer("one", new long[] {1}, 1L)
                .node("Conv", List.of("x", "mean"), List.of("m"), TinyOnnx.attribute("strides", 2L, 2))
                .node("Squeeze", List.of("m", "one"), List.of("s"))
                .node("Cast", List.of("s"), List.of("codes"), TinyOnnx.attribute("to", 7L))
                .output("codes", TinyOnnx.INT64, "batch", h, w)
                .bytes();
    }

    private Codec codec(byte[] encoder, byte[] decoder, String ids, String more, byte[]... codebook) {
        List<String> files = new ArrayList<>();
        files.add(listed("encode.onnx", encoder));
        files.add(listed("decode.onnx", decoder));
        for (byte[] book : codebook) files.add(listed("codebook.f32", book));
        String json = """
                {"format": 1, "kind": "codec", "files": {%s},
                 "networks": {"encoder": {"file": "encode.onnx", "inputs": {"x": "x"}, "outputs": {"%s": "codes"}},
                              "decoder": {"file": "decode.onnx", "inputs": {"%s": "codes"}, "outputs": {"x": "x"}}},
                 "sample": {"shape": [1, 12, 12], "range": [0, 1]},
                 "tokens": {"vocabulary": 10, "length": 36, "shape": [6, 6]}%s}
                """.formatted(String.join(", ", files), ids, ids, more);
        TinyOnnx.write(dir.resolve("model.json"), json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return new Codec(ModelDirectory.open(dir));
    }

    private String listed(String name, byte[] file) {
        TinyOnnx.write(dir.resolve(name), file);
        return "\"%s\": \"%s\"".formatted(name, TinyOnnx.sha256(file));
    }

    private Codec fixed(String more) {
        return codec(encoder(6, 6, 12, 12), decoder(6, 6, 12, 12), "ids", more);
    }

    private Network lease(Codec codec, String role) {
        return codec.directory().lease(runtime, role, NetworkOptions.ONE_THREAD);
    }

    private float[] decoded(Codec codec, int[] codes, int rows, int columns, int calls) {
        ArrayTensor pixels = ArrayTensor.zeros(1, codec.picture(rows, columns).size());
        try (Network network = lease(codec, "decoder");
                PictureDecoder decoder = new PictureDecoder(codec, network, rows, columns, new Cancellation())) {
            assertThat(decoder.calls()).isEqualTo(calls);
            decoder.decode(new TestCanvas(-1, 0, codes), pixels);
        }
        return pixels.values();
    }

    private static int[] codes(int count) {
        SplittableRandom random = new SplittableRandom(9);
        return random.ints(count, 0, CODES).toArray();
    }

    @ParameterizedTest
    @CsvSource({"6, 6, 1", "7, 6, 2", "11, 17, 28", "6, 40, 18"})
    void tilesEqualTheWholeWhereTheReachIsKnown(int rows, int columns, int calls) {
        int[] codes = codes(rows * columns);
        Codec any = codec(encoder("h", "w", "H", "W"), decoder("h", "w", "H", "W"), "ids", "");
        float[] whole = decoded(any, codes, rows, columns, 1);
        Codec tiles = fixed(", \"codec\": {\"reach\": %d}".formatted(REACH));
        assertThat(tiles.tilesAreExact()).isTrue();
        assertThat(decoded(tiles, codes, rows, columns, calls)).containsExactly(whole);
    }

    /** The reach understated by one shows, so that the test above can fail. */
    @Test
    void aReachThatIsTooShortLeavesSeams() {
        int[] codes = codes(11 * 17);
        float[] whole =
                decoded(codec(encoder("h", "w", "H", "W"), decoder("h", "w", "H", "W"), "ids", ""), codes, 11, 17, 1);
        float[] tiled = decoded(fixed(", \"codec\": {\"reach\": 1}"), codes, 11, 17, 12);
        assertThat(tiled).isNotEqualTo(whole);
    }

    @Test
    void tilesFadeIntoOneAnotherWhereItIsNot() {
        Codec codec = fixed("");
        assertThat(codec.tilesAreExact()).isFalse();
        int[] same = new int[15 * 15];
        java.util.Arrays.fill(same, 3);
        float[] tiled = decoded(codec, same, 15, 15, 16);
        float[] own = decoded(codec, new int[36], 6, 6, 1);
        assertThat(own).hasSize(144);
        // Every tile of equal codes is alike, so weights that sum to 1 stay between the least and the most of one tile.
        float[] tile = decoded(codec, java.util.Arrays.copyOf(same, 36), 6, 6, 1);
        double least = Double.POSITIVE_INFINITY, most = Double.NEGATIVE_INFINITY;
        for (float v : tile) {
            least = Math.min(least, v);
            most = Math.max(most, v);
        }
        for (float v : tiled) assertThat((double) v).isBetween(least - 1e-6, most + 1e-6);
        Tiles axis = Tiles.blended(15, 6, -1, 2);
        float[] sum = new float[30];
        for (int t = 0; t < axis.count(); t++) {
            for (int p = 0; p < 12; p++) sum[2 * axis.start(t) + p] += axis.weights(t)[p];
        }
        for (float s : sum) assertThat(s).isCloseTo(1, within(1e-6f));
    }

    @Test
    void everyCodeOfALargePictureIsEncodedOnce() {
        Codec codec = fixed("");
        int rows = 9, columns = 16;
        int[] codes = codes(rows * columns);
        ArrayTensor pixels = ArrayTensor.zeros(1, codec.picture(rows, columns).size());
        for (int y = 0; y < 2 * rows; y++) {
            for (int x = 0; x < 2 * columns; x++)
                pixels.values()[2 * columns * y + x] = (codes[y / 2 * columns + x / 2] + .5f) / 10;
        }
        int[] blank = new int[codes.length];
        java.util.Arrays.fill(blank, -1);
        TestCanvas found = new TestCanvas(-1, 0, blank);
        try (Network network = lease(codec, "encoder");
                PictureEncoder encoder = new PictureEncoder(codec, network, 18, 32, new Cancellation())) {
            assertThat(encoder.calls()).isEqualTo(8);
            encoder.encode(pixels, found);
        }
        assertThat(found.ids()).containsExactly(codes);
    }

    /** Contract b: the networks speak of latents, and the host looks codes up: the nearest of |z|^2 + |e|^2 - 2 z e. */
    @Test
    void codesAreLookedUpInACodebookWhereTheNetworksDoNot() {
        float[] book = random(2 * CODES, 7);
        TinyOnnx latents = TinyOnnx.graph()
                .input("codes", TinyOnnx.FLOAT, "batch", 2, 6, 6)
                .initializer("mix", new long[] {1, 2, 1, 1}, 1f, -2f)
                .node("Conv", List.of("codes", "mix"), List.of("latent"));
        byte[] decoder = pixels(latents, "latent", 6, 6, 12, 12).bytes();
        byte[] encoder = TinyOnnx.graph()
                .input("x", TinyOnnx.FLOAT, "batch", 1, 12, 12)
                .initializer("take", new long[] {2, 1, 2, 2}, 1f, 0, 0, 0, 0, 1f, 0, 0)
                .node("Conv", List.of("x", "take"), List.of("codes"), TinyOnnx.attribute("strides", 2L, 2))
                .output("codes", TinyOnnx.FLOAT, "batch", 2, 6, 6)
                .bytes();
        String more = ", \"codec\": {\"codebook\": \"codebook.f32\"}";
        Codec codec = codec(encoder, decoder, "latent", more, TinyOnnx.littleEndian(book));
        float[] x = random(144, 8);
        int[] found;
        try (Network network = lease(codec, "encoder");
                PictureEncoder e = new PictureEncoder(codec, network, 12, 12, new Cancellation())) {
            found = e.encode(ArrayTensor.over(x, 1));
        }
        for (int i = 0; i < 36; i++) {
            int at = 24 * (i / 6) + 2 * (i % 6), best = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int k = 0; k < CODES; k++) {
                double d = Math.pow(x[at] - book[2 * k], 2) + Math.pow(x[at + 1] - book[2 * k + 1], 2);
                if (d < least) {
                    least = d;
                    best = k;
                }
            }
            assertThat(found[i]).isEqualTo(best);
        }
        float[] table = new float[CODES];
        for (int k = 0; k < CODES; k++) table[k] = book[2 * k] - 2 * book[2 * k + 1];
        byte[] inside = pixels(
                        TinyOnnx.graph()
                                .input("codes", TinyOnnx.INT64, "batch", 6, 6)
                                .initializer("table", new long[] {CODES}, table)
                                .initializer("one", new long[] {1}, 1L)
                                .node("Gather", List.of("table", "codes"), List.of("z"))
                                .node("Unsqueeze", List.of("z", "one"), List.of("latent")),
                        "latent",
                        6,
                        6,
                        12,
                        12)
                .bytes();
        float[] outside = decoded(codec, found, 6, 6, 1);
        float[] expected = decoded(codec(encoder(6, 6, 12, 12), inside, "ids", ""), found, 6, 6, 1);
        for (int i = 0; i < outside.length; i++) assertThat(outside[i]).isCloseTo(expected[i], within(1e-5f));
        assertThatThrownBy(() -> codec(encoder, decoder, "latent", more, new byte[42]))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("42 bytes");
    }

    @Test
    void whatACodecCannotTakeIsRefusedWithWhatItCan() {
        Codec codec = fixed("");
        assertThatThrownBy(() -> codec.checkPicture(10, 23))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("23x10 pixels")
                .hasMessageContaining("multiples of 2 from 12x12")
                .hasMessageContaining("the nearest is 24x12");
        codec.checkPicture(12, 24);
        assertThatThrownBy(() -> decoded(codec, new int[35], 5, 7, 1))
                .hasMessageContaining("5x7")
                .hasMessageContaining("6x6");
        int[] codes = new int[36];
        codes[13] = 10;
        assertThatThrownBy(() -> decoded(codec, codes, 6, 6, 1))
                .hasMessageContaining("the code 10 at row 2, column 1")
                .hasMessageContaining("none of the 10");
        codes[13] = -1;
        assertThatThrownBy(() -> decoded(codec, codes, 6, 6, 1)).hasMessageContaining("13 is masked");
        assertThatThrownBy(() -> codec.checkPrior("p", tokens("\"vocabulary\": 12, \"length\": 36, \"shape\": [6, 6]")))
                .hasMessageContaining("12 codes")
                .hasMessageContaining("decodes 10");
        codec.checkPrior("p", tokens("\"vocabulary\": 12, \"codes\": 10, \"length\": 36, \"shape\": [6, 6]"));
        assertThatThrownBy(() -> codec.checkPrior("p", tokens("\"vocabulary\": 10, \"length\": 36, \"shape\": [4, 9]")))
                .hasMessageContaining("[4, 9]")
                .hasMessageContaining("[6, 6]");
        assertThatThrownBy(() -> codec(encoder(6, 6, 12, 12), decoder(6, 6, 12, 12), "latent", "")
                        .decoder())
                .hasMessageContaining("codec.codebook");
    }

    private static TokensSpec tokens(String members) {
        return Manifest.parse("{\"format\": 1, \"kind\": \"tokens\", \"tokens\": {" + members + "}}", "t")
                .tokens()
                .orElseThrow();
    }
}
