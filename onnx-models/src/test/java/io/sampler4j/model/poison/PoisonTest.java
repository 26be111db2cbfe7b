package io.sampler4j.model.poison;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.onnx.TinyOnnx;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that nobody means to run: each is refused in words, and the JVM that was given it lives. */
class PoisonTest {
    private static final long SEED = 20261125;

    @TempDir
    Path folder;

    private final Map<String, List<String>> expected = new LinkedHashMap<>();

    @BeforeEach
    void soundOne() throws IOException {
        Poison.none().write(folder.resolve("models/sound"));
    }

    private void add(String name, Poison poison, String... says) throws IOException {
        poison.write(folder.resolve("models").resolve(name));
        assertThat(expected.put(name, List.of(says))).as(name).isNull();
    }

    private void manifest(String name, Consumer<ObjectNode> change, String... says) throws IOException {
        add(name, Poison.none().manifest(change), says);
    }

    /** Everything but the sound one is refused, and says what it must. */
    private void allRefused() throws IOException, InterruptedException {
        List<Victim.Outcome> outcomes = Victim.of(folder.resolve("models"));
        List<String> wrong = new ArrayList<>();
        for (Victim.Outcome o : outcomes) {
            if (o.name().equals("sound")) {
                if (!o.thrown().isEmpty()) wrong.add(o.toString());
                continue;
            }
            boolean said = expected.get(o.name()).stream().allMatch(o.message()::contains);
            if (!o.refused() || !said) wrong.add(o + ", expected " + expected.get(o.name()));
        }
        assertThat(wrong).isEmpty();
        assertThat(outcomes).hasSize(expected.size() + 1);
    }

    private static TinyOnnx beside(String... entries) {
        return multiplied(g -> g.external("w", new long[] {3, 8, 8}, List.of(entries)));
    }

    /** {@code out = x w}, with t used as well, where {@code w} is what is added. */
    private static TinyOnnx multiplied(Consumer<TinyOnnx> w) {
        TinyOnnx graph =
                TinyOnnx.graph().input("x", TinyOnnx.FLOAT, "batch", 3, 8, 8).input("t", TinyOnnx.FLOAT, "batch");
        w.accept(graph);
        return graph.node("Mul", List.of("x", "w"), List.of("product"))
                .node("ReduceSum", List.of("t"), List.of("one"))
                .node("Add", List.of("product", "one"), List.of("out"))
                .output("out", TinyOnnx.FLOAT, "batch", 3, 8, 8);
    }

    @Test
    void networksThatAreNone() throws Exception {
        byte[] sound = TinyOnnx.denoiser(3, 8, 8);
        add("empty", Poison.network(new byte[0]), "is empty. Copy or export it again");
        add(
                "over-2gb",
                Poison.none()
                        .listed("large.onnx")
                        .unlisted("large.onnx", new byte[0])
                        .manifest(m -> ((ObjectNode) m.at("/networks/denoiser")).put("file", "large.onnx")),
                "has 2147483648 bytes, and an ONNX file has 2 GiB at most",
                "external data");
        try (RandomAccessFile sparse = new RandomAccessFile(
                folder.resolve("models/over-2gb/large.onnx").toFile(), "rw")) {
            sparse.setLength(1L << 31);
        }
        add(
                "text",
                Poison.network("version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.UTF_8)),
                "is no ONNX file",
                "a field of an unknown kind",
                "export it again");
        add("zeros", Poison.network(new byte[4096]), "cannot load", "Protobuf parsing failed");
        add("zip", Poison.network(new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0}), "is no ONNX file");
        add("doubled", Poison.network(doubled(sound)), "cannot load", "Duplicate definition");
        add(
                "hash",
                Poison.none().manifest(m -> ((ObjectNode) m.path("files")).put(Poison.NETWORK, "0".repeat(64))),
                "expected sha256 000",
                "found",
                "Copy it again");
        add("missing", Poison.none().listed("other.onnx"), "the file other.onnx is missing");
        add(
                "opset-newer",
                Poison.network(
                        multiplied(g -> g.initializer("w", new long[] {1}, 1f)).opset(9999)),
                "cannot load",
                "9999");
        add(
                "opset-none",
                Poison.network(
                        multiplied(g -> g.initializer("w", new long[] {1}, 1f)).opset(0)),
                "cannot load",
                "No Op registered for Mul");
        add(
                "opset-negative",
                Poison.network(
                        multiplied(g -> g.initializer("w", new long[] {1}, 1f)).opset(-1)),
                "cannot load",
                "No Op registered for Mul");
        add("initializer-missing", Poison.network(multiplied(g -> {})), "cannot load", "Node input 'w' is not");
        add(
                "initializer-short",
                Poison.network(multiplied(g -> g.initializer("w", new long[] {3, 8, 8}, 1f))),
                "cannot load",
                "4 bytes",
                "768 bytes");
        add(
                "initializer-2gb",
                Poison.network(multiplied(g -> g.initializer("w", new long[] {1L << 29}, 1f))),
                "cannot load",
                "Incompatible dimensions");
        add(
                "initializer-overflow",
                Poison.network(multiplied(g -> g.initializer("w", new long[] {1L << 32, 1L << 32}, 1f))),
                "cannot load");
        add(
                "initializer-overflow-to-one",
                Poison.network(multiplied(g -> g.initializer("w", new long[] {1L << 62, 4, 1}, 1f))),
                "cannot load");
        add(
                "initializer-negative",
                Poison.network(multiplied(g -> g.initializer("w", new long[] {-1}, 1f))),
                "cannot load",
                "Out of bounds dimensions");
        add(
                "constant-of-2-to-40",
                Poison.network(multiplied(g -> g.initializer("size", new long[] {1}, 1L << 40)
                        .node("ConstantOfShape", List.of("size"), List.of("w")))),
                "cannot load");
        add(
                "cycle",
                Poison.network(multiplied(g -> g.node("Add", List.of("x", "b"), List.of("a"))
                        .node("Add", List.of("x", "a"), List.of("b"))
                        .node("Identity", List.of("a"), List.of("w")))),
                "cannot load",
                "not acyclic");
        add(
                "cycle-of-one",
                Poison.network(multiplied(g -> g.node("Add", List.of("w", "x"), List.of("w")))),
                "cannot load",
                "not acyclic");
        add(
                "made-twice",
                Poison.network(multiplied(g ->
                        g.node("Identity", List.of("x"), List.of("w")).node("Identity", List.of("x"), List.of("w")))),
                "cannot load",
                "Duplicate definition of name (w)");
        add(
                "operator-unknown",
                Poison.network(multiplied(g -> g.node("Frobnicate", List.of("x"), List.of("w")))),
                "cannot load",
                "No Op registered for Frobnicate");
        add(
                "operator-foreign",
                Poison.network(multiplied(g -> g.node("acme", "Frobnicate", List.of("x"), List.of("w")))),
                "cannot load",
                "No opset import for domain 'acme'");
        add(
                "function-of-itself",
                Poison.network(
                        multiplied(g -> g.function("F", "local", "F").node("local", "F", List.of("x"), List.of("w")))),
                "cannot load",
                "ORT_INVALID_GRAPH");
        add(
                "functions-of-each-other",
                Poison.network(multiplied(g -> g.function("F", "local", "G")
                        .function("G", "local", "F")
                        .node("local", "F", List.of("x"), List.of("w")))),
                "cannot load",
                "ORT_INVALID_GRAPH");
        // Each of these two ends a JVM that hands it to ONNX Runtime 1.28.
        add(
                "group-0",
                Poison.network(multiplied(g -> g.initializer("k", new long[] {3, 3, 1, 1}, new float[9])
                        .node("ConvTranspose", List.of("x", "k"), List.of("w"), TinyOnnx.attribute("group", 0)))),
                "the attribute group of an operator ConvTranspose is 0, and must be from 1 to 2147483647");
        add(
                "blocksize-2-to-40",
                Poison.network(multiplied(g ->
                        g.node("DepthToSpace", List.of("x"), List.of("w"), TinyOnnx.attribute("blocksize", 1L << 40)))),
                "blocksize of an operator DepthToSpace is 1099511627776");
        add(
                "strides-0",
                Poison.network(multiplied(g -> g.node(
                        "MaxPool",
                        List.of("x"),
                        List.of("w"),
                        TinyOnnx.attribute("kernel_shape", 1, 1),
                        TinyOnnx.attribute("strides", 0, 0)))),
                "strides of an operator MaxPool is 0");
        TinyOnnx nested =
                TinyOnnx.graph().node("Identity", List.of("x"), List.of("y")).output("y", TinyOnnx.FLOAT);
        for (int i = 0; i < 200; i++) {
            nested = TinyOnnx.graph()
                    .node(
                            "If",
                            List.of("yes"),
                            List.of("y"),
                            TinyOnnx.attribute("then_branch", nested),
                            TinyOnnx.attribute("else_branch", TinyOnnx.graph()))
                    .output("y", TinyOnnx.FLOAT);
        }
        byte[] deep = TinyOnnx.attribute("then_branch", nested);
        add(
                "nested",
                Poison.network(multiplied(g -> g.node("If", List.of("x"), List.of("w"), deep))),
                "more than 50 deep");
        allRefused();
    }

    private static byte[] doubled(byte[] bytes) {
        byte[] twice = Arrays.copyOf(bytes, 2 * bytes.length);
        System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
        return twice;
    }

    @Test
    void networksThatAreOthers() throws Exception {
        Object[][] inputs = {
            {"rank", TinyOnnx.FLOAT, new Object[] {"batch", 192}, "its rank is 2, and must be 4"},
            {"scalar", TinyOnnx.FLOAT, new Object[] {}, "its rank is 0, and must be 4"},
            {"shape", TinyOnnx.FLOAT, new Object[] {"batch", 3, 8, 9}, "dimension 3 is 9, and the manifest says 8"},
            {"batch", TinyOnnx.FLOAT, new Object[] {4, 3, 8, 8}, "its batch is fixed at 4: export it with a dynamic one"
            },
            {"huge", TinyOnnx.FLOAT, new Object[] {"batch", 3, 8, 1L << 62}, "dimension 3 is 4611686018427387904"},
            {"dtype", TinyOnnx.INT64, new Object[] {"batch", 3, 8, 8}, "its type must be float32 or"},
            {"dtype-bool", TinyOnnx.BOOL, new Object[] {"batch", 3, 8, 8}, "its type must be"},
            {"dtype-text", 8, new Object[] {"batch", 3, 8, 8}, "its type must be"},
            {"dtype-bfloat16", 16, new Object[] {"batch", 3, 8, 8}, "its type must be"},
            {"dtype-complex", 14, new Object[] {"batch", 3, 8, 8}, "cannot load"},
            {"dtype-none", 0, new Object[] {"batch", 3, 8, 8}, "Invalid tensor data type 0"},
            {"dtype-unknown", 99, new Object[] {"batch", 3, 8, 8}, "Invalid tensor data type 99"},
        };
        for (Object[] i : inputs) {
            TinyOnnx graph = TinyOnnx.graph()
                    .input("x", (int) i[1], (Object[]) i[2])
                    .input("t", TinyOnnx.FLOAT, "batch")
                    .node("Identity", List.of("x"), List.of("out"))
                    .output("out", (int) i[1], (Object[]) i[2]);
            add("x-" + i[0], Poison.network(graph), (String) i[3]);
        }
        add(
                "output-missing",
                Poison.none().manifest(m -> ((ObjectNode) m.at("/networks/denoiser/outputs")).put("prediction", "y")),
                "is not what its manifest says",
                "has no output y: name one of out");
        add(
                "input-missing",
                Poison.none().manifest(m -> ((ObjectNode) m.at("/networks/denoiser/inputs")).put("time", "y")),
                "is not what its manifest says",
                "has no input y: name one of");
        add(
                "input-twice",
                Poison.none().manifest(m -> ((ObjectNode) m.at("/networks/denoiser/inputs")).put("time", "x")),
                "is not what its manifest says");
        add(
                "input-without-meaning",
                Poison.network(TinyOnnx.graph()
                        .input("x", TinyOnnx.FLOAT, "batch", 3, 8, 8)
                        .input("t", TinyOnnx.FLOAT, "batch")
                        .input("mystery", TinyOnnx.FLOAT, 1)
                        .node("Mul", List.of("x", "mystery"), List.of("out"))
                        .output("out", TinyOnnx.FLOAT, "batch", 3, 8, 8)),
                "is not what its manifest says",
                "the network needs it: say what it means");
        // Says one shape and gives another.
        add(
                "output-lies",
                Poison.network(TinyOnnx.graph()
                        .input("x", TinyOnnx.FLOAT, "batch", 3, 8, 8)
                        .input("t", TinyOnnx.FLOAT, "batch")
                        .initializer("shape", new long[] {2}, -1L, 64L)
                        .node("Reshape", List.of("x", "shape"), List.of("out"))
                        .output("out", TinyOnnx.FLOAT, "a", "b", "c", "d")),
                "is not what its manifest says");
        add(
                "divides-whole-by-zero",
                Poison.network(TinyOnnx.graph()
                        .input("x", TinyOnnx.FLOAT, "batch", 3, 8, 8)
                        .input("t", TinyOnnx.FLOAT, "batch")
                        .initializer("none", new long[] {}, 0L)
                        .node("Cast", List.of("x"), List.of("whole"), TinyOnnx.attribute("to", TinyOnnx.INT64))
                        .node("Div", List.of("whole", "none"), List.of("q"))
                        .node("Cast", List.of("q"), List.of("out"), TinyOnnx.attribute("to", TinyOnnx.FLOAT))
                        .output("out", TinyOnnx.FLOAT, "batch", 3, 8, 8)),
                "cannot load",
                "division by zero");
        add(
                "gathers-outside",
                Poison.network(TinyOnnx.graph()
                        .input("x", TinyOnnx.FLOAT, "batch", 3, 8, 8)
                        .input("t", TinyOnnx.FLOAT, "batch")
                        .initializer(
                                "far",
                                new long[] {8},
                                1L << 40,
                                1L << 40,
                                1L << 40,
                                1L << 40,
                                1L << 40,
                                1L << 40,
                                1L << 40,
                                1L << 40)
                        .node("Gather", List.of("x", "far"), List.of("out"), TinyOnnx.attribute("axis", 3))
                        .output("out", TinyOnnx.FLOAT, "batch", 3, 8, 8)),
                "The network failed",
                "out of data bounds");
        add(
                "expands-without-end",
                Poison.network(multiplied(g -> g.initializer("size", new long[] {5}, 1L << 30, 1L, 3L, 8L, 8L)
                        .node("Expand", List.of("x", "size"), List.of("w")))),
                "is not what its manifest says");
        allRefused();
    }

    @Test
    void dataBesideTheNetwork() throws Exception {
        byte[] weights = TinyOnnx.littleEndian(new float[192]);
        Files.createDirectories(folder.resolve("models"));
        Path secret = Files.write(folder.resolve("secret.bin"), weights);
        Poison sound = Poison.network(beside("location", "w.bin")).file("w.bin", weights);
        sound.write(folder.resolve("models/sound"));
        add(
                "unlisted",
                Poison.network(beside("location", "w.bin")).unlisted("w.bin", weights),
                "files does not list w.bin: add it, with its sha256");
        add("missing", Poison.network(beside("location", "w.bin")).listed("w.bin"), "the file w.bin is missing");
        add(
                "changed",
                Poison.network(beside("location", "w.bin")).listed("w.bin").unlisted("w.bin", weights),
                "w.bin is not the listed file: expected sha256");
        add(
                "short",
                Poison.network(beside("location", "w.bin")).file("w.bin", Arrays.copyOf(weights, 100)),
                "cannot load",
                "out of bounds");
        add(
                "no-data",
                Poison.network(beside("location", "w.bin")).file("w.bin", new byte[0]),
                "cannot load",
                "file_length: 0");
        add(
                "outside",
                Poison.network(beside("location", "../../secret.bin")),
                "keeps data in \"../../secret.bin\"",
                "export it again with its data beside it");
        add(
                "outside-listed",
                Poison.network(beside("location", "../../secret.bin")).listed("../../secret.bin"),
                "leads out of the directory");
        add("absolute", Poison.network(beside("location", secret.toString())), "must keep it inside the directory");
        add(
                "absolute-listed",
                Poison.network(beside("location", secret.toString())).listed(secret.toString()),
                "leads out of the directory");
        add(
                "link",
                Poison.network(beside("location", "w.bin")).listed("w.bin").link("w.bin", secret),
                "w.bin is a link out of the directory");
        add("no-location", Poison.network(beside("offset", "0")), "cannot load", "Missing 'location'");
        add("location-empty", Poison.network(beside("location", "")), "must keep it inside");
        add("location-nul", Poison.network(beside("location", "w\0.bin")), "no path on this system");
        add("location-directory", Poison.network(beside("location", ".")), "files does not list");
        add(
                "location-twice",
                Poison.network(beside("location", "w.bin", "location", "../../secret.bin"))
                        .file("w.bin", weights),
                "must keep it inside");
        add(
                "memory",
                Poison.network(beside("location", "*/_ORT_MEM_ADDR_/*", "offset", "4096", "length", "768")),
                "files does not list */_ORT_MEM_ADDR_/*");
        add(
                "memory-listed",
                Poison.network(beside("location", "*/_ORT_MEM_ADDR_/*", "offset", "4096", "length", "768"))
                        .file("*/_ORT_MEM_ADDR_/*", weights),
                "cannot load");
        add(
                "offset-beyond",
                Poison.network(beside("location", "w.bin", "offset", "1000000")).file("w.bin", weights),
                "cannot load",
                "out of bounds");
        add(
                "offset-negative",
                Poison.network(beside("location", "w.bin", "offset", "-4")).file("w.bin", weights),
                "cannot load");
        add(
                "offset-overflow",
                Poison.network(beside("location", "w.bin", "offset", "9223372036854775807"))
                        .file("w.bin", weights),
                "cannot load");
        add(
                "offset-text",
                Poison.network(beside("location", "w.bin", "offset", "much")).file("w.bin", weights),
                "cannot load");
        add(
                "length-2gb",
                Poison.network(beside("location", "w.bin", "length", "2147483648"))
                        .file("w.bin", weights),
                "cannot load",
                "size mismatch");
        add(
                "length-other",
                Poison.network(beside("location", "w.bin", "length", "4")).file("w.bin", weights),
                "cannot load",
                "size mismatch");
        add(
                "length-negative",
                Poison.network(beside("location", "w.bin", "length", "-1")).file("w.bin", weights),
                "cannot load");
        add(
                "dims-2gb",
                Poison.network(multiplied(g -> g.external("w", new long[] {1L << 31}, List.of("location", "w.bin"))))
                        .file("w.bin", weights),
                "cannot load");
        add(
                "dims-overflow",
                Poison.network(multiplied(g -> g.external("w", new long[] {1L << 62, 4}, List.of("location", "w.bin"))))
                        .file("w.bin", weights),
                "cannot load");
        add(
                "dims-negative",
                Poison.network(multiplied(g -> g.external("w", new long[] {-1}, List.of("location", "w.bin"))))
                        .file("w.bin", weights),
                "cannot load");
        allRefused();
    }

    @Test
    void manifestsThatAreOdd() throws Exception {
        add("empty", Poison.none().manifest(""), "it must be an object");
        add("null", Poison.none().manifest("null"), "it must be an object");
        add("list", Poison.none().manifest("[]"), "it must be an object");
        add("text", Poison.none().manifest("\"model\""), "it must be an object");
        add("cut", Poison.none().manifest("{\"format\": 1, \"kind\": \"diff"), "is not JSON");
        add("trailing", Poison.none().manifest("{\"format\": 1} {}"), "is not JSON");
        add(
                "duplicate",
                Poison.none().manifest("{\"format\": 1, \"kind\": \"diffusion\", \"kind\": \"tokens\"}"),
                "Duplicate field 'kind'");
        add("nested", Poison.none().manifest("{\"networks\": ".repeat(20_000)), "nesting depth");
        add(
                "nested-lists",
                Poison.none().manifest("{\"sample\": {\"shape\": " + "[".repeat(500) + "]".repeat(500) + "}}"),
                "sample.shape must be a list of whole numbers",
                "[[...");
        add("digits", Poison.none().manifest("{\"format\": " + "9".repeat(100_000) + "}"), "is not JSON");
        add("exponent", Poison.none().manifest("{\"format\": 1e999999999}"), "format must be a whole number");
        add(
                "not-utf8",
                Poison.none().manifest(new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'}),
                "is not in UTF-8");
        add("utf16", Poison.none().manifest("{}".getBytes(StandardCharsets.UTF_16)), "is not in UTF-8");
        add("binary", Poison.none().manifest(new byte[] {0, 1, 2, 3}), "is not JSON");
        add(
                "large",
                Poison.none().manifest("{\"about\": \"" + "x".repeat(5 << 20) + "\"}"),
                "larger than 4194304 bytes");
        add("link-out", Poison.none().link("model.json", Path.of("/etc/hostname")), "is a link out of the directory");
        add("link-endless", Poison.none().link("model.json", Path.of("/dev/zero")), "there is no model.json to read");
        add(
                "link-to-itself",
                Poison.none().link("model.json", Path.of("model.json")),
                "there is no model.json to read");

        manifest("format-2", m -> m.put("format", 2), "format must be a whole number from 1 to 1, got 2");
        manifest("format-text", m -> m.put("format", "1"), "got \"1\"");
        manifest("kind-unknown", m -> m.put("kind", "difusion"), "kind must be one of diffusion");
        manifest("unknown", m -> m.put("predicton", "v"), "there is no member predicton; the nearest is prediction");
        manifest(
                "file-of-no-list",
                m -> ((ObjectNode) m.at("/networks/denoiser")).put("file", "other.onnx"),
                "other.onnx, which files does not list");
        manifest(
                "file-up",
                m -> ((ObjectNode) m.path("files")).put("../sound/network.onnx", "0".repeat(64)),
                "leads out of the directory");
        manifest(
                "file-absolute",
                m -> ((ObjectNode) m.path("files")).put("/etc/passwd", "0".repeat(64)),
                "leads out of the directory");
        manifest("file-nul", m -> ((ObjectNode) m.path("files")).put("a\0b", "0".repeat(64)), "no path on this system");
        manifest("file-empty", m -> ((ObjectNode) m.path("files")).put("", "0".repeat(64)), "is missing");
        manifest("file-itself", m -> ((ObjectNode) m.path("files")).put(".", "0".repeat(64)), "is missing");
        manifest(
                "file-long",
                m -> ((ObjectNode) m.path("files")).put("x".repeat(100_000), "0".repeat(64)),
                "Name length");
        manifest(
                "hash-short",
                m -> ((ObjectNode) m.path("files")).put(Poison.NETWORK, "abc"),
                "64 hexadecimal digits, got \"abc\"");
        manifest(
                "hash-number",
                m -> ((ObjectNode) m.path("files")).put(Poison.NETWORK, 1),
                "files must be an object of texts");
        manifest(
                "network-ort",
                m -> {
                    ((ObjectNode) m.at("/networks/denoiser")).put("file", "network.ort");
                },
                "whose name ends in .onnx");
        manifest("networks-list", m -> m.putArray("networks"), "networks must be an object");
        manifest(
                "inputs-list",
                m -> ((ObjectNode) m.at("/networks/denoiser")).putArray("inputs"),
                "must be an object of texts, got []");
        manifest("inputs-null", m -> ((ObjectNode) m.at("/networks/denoiser")).putNull("inputs"), "got null");
        manifest(
                "inputs-none",
                m -> ((ObjectNode) m.at("/networks/denoiser")).putObject("inputs"),
                "say in networks which input is the x");
        manifest(
                "outputs-none",
                m -> ((ObjectNode) m.at("/networks/denoiser")).putObject("outputs"),
                "say in networks which output is the prediction");
        manifest(
                "role-none",
                m -> ((ObjectNode) m.path("networks"))
                        .set("decoder", ((ObjectNode) m.path("networks")).remove("denoiser")),
                "there is no network \"denoiser\"");
        manifest(
                "shape-huge",
                m -> shape(m, 2147483647, 2147483647, 2147483647),
                "must be of 536870911 at most (2 GiB)");
        manifest("shape-2gb", m -> shape(m, 3, 1 << 15, 1 << 15), "must be of 536870911 at most");
        add(
                "shape-agreed",
                Poison.network(TinyOnnx.graph()
                                .input("x", TinyOnnx.FLOAT, "batch", "c", "h", "w")
                                .input("t", TinyOnnx.FLOAT, "batch")
                                .node("Identity", List.of("x"), List.of("out"))
                                .output("out", TinyOnnx.FLOAT, "batch", "c", "h", "w"))
                        .manifest(m -> shape(m, 1 << 20, 1 << 20, 1 << 20)),
                "must be of 536870911 at most (2 GiB)");
        manifest("shape-zero", m -> shape(m, 3, 0, 8), "each 1 or more");
        manifest("shape-negative", m -> shape(m, 3, -8, -8), "each 1 or more");
        manifest("shape-none", m -> shape(m), "sample.shape is missing");
        manifest("shape-long", m -> shape(m, new int[10_000]), "each 1 or more, got [0,0", "...");
        manifest(
                "shape-decimal",
                m -> ((ObjectNode) m.path("sample")).putArray("shape").add(3.5),
                "got [3.5]");
        manifest(
                "range-infinite",
                m -> ((ObjectNode) m.path("sample"))
                        .putArray("range")
                        .add(new java.math.BigDecimal("-1e999"))
                        .add(new java.math.BigDecimal("1e999")),
                "must be a list of numbers");
        manifest(
                "range-turned",
                m -> ((ObjectNode) m.path("sample")).putArray("range").add(1).add(-1),
                "must be [low, high]");
        manifest(
                "betas-many",
                m -> ((ObjectNode) m.at("/process/betas")).put("steps", 2147483647),
                "from 1 to 1000000, got 2147483647");
        manifest("betas-none", m -> ((ObjectNode) m.at("/process/betas")).put("steps", 0), "got 0");
        manifest(
                "betas-infinite",
                m -> ((ObjectNode) m.at("/process/betas")).put("end", new java.math.BigDecimal("1e999")),
                "process.betas.end must be a number");
        manifest(
                "betas-large",
                m -> ((ObjectNode) m.at("/process/betas")).put("end", 1e300),
                "end must be a beta, from 0 to 1");
        manifest("betas-negative", m -> ((ObjectNode) m.at("/process/betas")).put("start", -1), "start must be a beta");
        manifest(
                "betas-turned",
                m -> ((ObjectNode) m.at("/process/betas")).put("start", .9).put("end", -.9),
                "end must be a beta");
        manifest(
                "betas-both",
                m -> ((ObjectNode) m.path("process")).putObject("schedule").put("kind", "cosine"),
                "leave one away");
        manifest("scale-zero", m -> ((ObjectNode) m.path("time")).put("scale", 0), "time.scale must not be 0");
        manifest(
                "scale-infinite",
                m -> ((ObjectNode) m.path("time")).put("scale", new java.math.BigDecimal("1e999")),
                "time.scale must be a number");
        manifest("process-none", m -> m.remove("process"), "needs process");
        manifest("time-none", m -> m.remove("time"), "needs time");
        manifest("sample-none", m -> m.remove("sample"), "needs sample");
        manifest("prediction-none", m -> m.remove("prediction"), "needs prediction");
        manifest("prediction-F", m -> m.put("prediction", "F"), "VE coordinates");
        allRefused();
    }

    private static void shape(ObjectNode manifest, int... dims) {
        ArrayNode shape = ((ObjectNode) manifest.path("sample")).putArray("shape");
        for (int d : dims) shape.add(d);
    }

    /** The manifests list the hash of the damaged file: what was damaged before it was listed, or on purpose. */
    @Test
    void everyCutIsRefused() throws Exception {
        byte[] sound = TinyOnnx.denoiser(3, 8, 8);
        for (int length = 0; length < sound.length; length += 7) {
            add("cut-%04d".formatted(length), Poison.network(Arrays.copyOf(sound, length)));
        }
        allRefused();
    }

    /** A flip may leave a network that is as good as before: it is refused in words, or it runs. */
    @Test
    void everyFlipIsRefusedOrRuns() throws Exception {
        byte[] sound = TinyOnnx.denoiser(3, 8, 8);
        Random random = new Random(SEED);
        for (int i = 0; i < 800; i++) {
            byte[] flipped = sound.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            }
            add("flip-%04d".formatted(i), Poison.network(flipped));
        }
        List<Victim.Outcome> outcomes = Victim.of(folder.resolve("models"));
        assertThat(outcomes.stream().filter(o -> !o.refused() && !o.thrown().isEmpty()))
                .isEmpty();
        assertThat(outcomes.stream().filter(Victim.Outcome::refused))
                .hasSizeGreaterThan(400)
                .allSatisfy(o -> assertThat(o.message()).containsAnyOf(o.name(), "The network failed"));
    }
}
