package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Counts;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.compare.Cell;
import io.sampler4j.runtime.compare.Comparison;
import io.sampler4j.runtime.compare.ComparisonRequest;
import io.sampler4j.runtime.compare.Entry;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.output.Png;
import io.sampler4j.runtime.run.Progress;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Scores;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pairs, scores and comparisons on the shipped checkpoints, from the command line and from Java. */
class MeasureIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private String in(String name) {
        return folder.resolve(name).toString();
    }

    private static Sampler4j open() {
        return Sampler4j.builder()
                .modelsDirectory(Distribution.models())
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    private static Tool.Ended run(String words, String... more) throws Exception {
        return Tool.run(Stream.concat(Arrays.stream(words.split("\\s+")), Arrays.stream(more))
                .toArray(String[]::new));
    }

    private static void succeeded(Tool.Ended ended) {
        assertThat(ended.code()).as(ended.err()).isZero();
    }

    @Test
    void theNoiseOfPairsMakesTheirData() throws Exception {
        String run = " --model digits-ddpm --steps 3 --class 4,7 --count 5 ";
        succeeded(run("pairs --seed 11" + run, "-o", in("p")));
        assertThat(folder.resolve("p").toFile().list())
                .containsExactlyInAnyOrder("noise.npy", "data.npy", "classes.npy", "record.json");
        succeeded(run("generate" + run, "--init-noise", in("p/noise.npy"), "-o", in("again.npy")));
        assertThat(folder.resolve("again.npy")).hasSameBinaryContentAs(folder.resolve("p/data.npy"));
        succeeded(run("replay", in("p"), "-o", in("replayed.npy")));
        assertThat(folder.resolve("replayed.npy")).hasSameBinaryContentAs(folder.resolve("p/data.npy"));
        assertThat(Npy.read(folder.resolve("p/noise.npy")).shape()).containsExactly(5, 1, 28, 28);
        byte[] classes = Files.readAllBytes(folder.resolve("p/classes.npy"));
        assertThat(new String(classes, 0, 128, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("'<i8'", "(5,)");
        assertThat(classes).hasSize(128 + 5 * 8);
        for (int i = 0; i < 5; i++) assertThat(classes[128 + 8 * i]).isEqualTo((byte) (i % 2 == 0 ? 4 : 7));
    }

    @Test
    void pairsOfOneStreamHaveItsNoise() throws Exception {
        succeeded(run("pairs --model digits-ddpm --steps 2 --count 2 --seed 5 --seed-mode batch", "-o", in("p")));
        succeeded(run(
                "generate --model digits-ddpm --steps 2 --count 2",
                "--init-noise",
                in("p/noise.npy"),
                "-o",
                in("a.npy")));
        assertThat(folder.resolve("a.npy")).hasSameBinaryContentAs(folder.resolve("p/data.npy"));
        assertThat(folder.resolve("p/classes.npy")).as("no class was asked for").doesNotExist();
    }

    @Test
    void pairsAreWholeOrNotThere() throws Exception {
        for (String draws : List.of("--sampler ddpm", "--set eta=1")) {
            Tool.Ended refused = run("pairs --model digits-ddpm --steps 3 " + draws, "-o", in("p"));
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).contains("its noise and its samples are no pairs");
        }
        Files.createDirectory(folder.resolve("full"));
        Files.writeString(folder.resolve("full/mine.txt"), "mine");
        assertThat(run("pairs --model digits-ddpm --steps 3", "-o", in("full")).err())
                .contains("exists already");
        assertThat(folder.toFile().list()).containsExactly("full");
        assertThat(folder.resolve("full").toFile().list()).containsExactly("mine.txt");
    }

    @Test
    void interruptedPairsLeaveNothing() throws Exception {
        Path out = folder.resolve("out.txt"), err = folder.resolve("err.txt");
        int code = Tool.interrupted(
                out, err, "pairs", "--model", "digits-ddpm", "--steps", "1000", "--count", "64", "-o", in("p"));
        assertThat(code).isEqualTo(130);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("out.txt", "err.txt");
    }

    private void write(String name, Npy npy) throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
            npy.write(out);
        }
    }

    /** A digit that the model makes, and the same with its pixels in another order: as bright, but no digit. */
    private void digitAndRubble() throws Exception {
        succeeded(run("generate --model digits-ddpm --class 3 --steps 20 --seed 1", "-o", in("digit.npy")));
        float[] digit = Npy.read(folder.resolve("digit.npy")).values(), both = Arrays.copyOf(digit, 2 * 784);
        for (int i = 0; i < 784; i++) both[784 + i * 115 % 784] = digit[i];
        write("both.npy", new Npy(new int[] {2, 1, 28, 28}, both));
    }

    @Test
    void aDigitIsLikelierThanItsPixelsInAnotherOrder() throws Exception {
        digitAndRubble();
        Tool.Ended ended =
                run("score --model digits-ddpm --class 3 --seed 0 --set terms=50 --json --input", in("both.npy"));
        succeeded(ended);
        JsonNode found = JSON.readTree(ended.out());
        double digit = found.path("samples").path(0).path("bits").asDouble();
        double rubble = found.path("samples").path(1).path("bits").asDouble();
        double error = found.path("samples").path(0).path("standardError").asDouble();
        // 8 bits is what evenly spread levels cost.
        assertThat(digit).isBetween(0.5, 6.0);
        assertThat(rubble).isGreaterThan(digit + 5 * error);
        assertThat(found.path("record")
                        .path("scorer")
                        .path("options")
                        .path("terms")
                        .asText())
                .isEqualTo("50");
        assertThat(found.path("nfe").asInt())
                .as("two draws of each term and eight of the decoder's, one sample to a call")
                .isEqualTo(2 * (2 * 50 + 8));
    }

    @Test
    void aScoreDoesNotChangeWithTheBatchAndGivesEverythingBack() throws Exception {
        digitAndRubble();
        try (Sampler4j sampler4j = open()) {
            Request both = Request.of("digits-ddpm").classes(3).seed(4).set("terms", "5");
            Scores two = score(sampler4j, both.score(List.of(folder.resolve("both.npy"))));
            Scores one = score(sampler4j, both.score(List.of(folder.resolve("digit.npy"))));
            assertThat(one.bits(0)).isEqualTo(two.bits(0));
            assertThat(two.mean()).isCloseTo((two.bits(0) + two.bits(1)) / 2, within(1e-12));
            assertThat(two.samplesError()).isCloseTo(Math.abs(two.bits(0) - two.bits(1)) / 2, within(1e-12));
            assertThat(sampler4j.onnx().counts())
                    .extracting(Counts::leases, Counts::slots, Counts::tensors)
                    .containsExactly(0, 0, 0);
            Cancellation stopped = new Cancellation();
            stopped.cancel("enough");
            assertThatThrownBy(() -> sampler4j.score(
                            both.score(List.of(folder.resolve("digit.npy"))), Progress.Listener.NONE, stopped))
                    .isInstanceOf(CancelledException.class);
        }
    }

    private static Scores score(Sampler4j sampler4j, Request request) {
        return sampler4j.score(request, Progress.Listener.NONE, new Cancellation());
    }

    @Test
    void picturesAreScoredAsTheirLevels() throws Exception {
        succeeded(run("generate --model digits-ddpm --class 3 --steps 5 --seed 1", "-o", in("a.npy")));
        succeeded(run("generate --model digits-ddpm --class 3 --steps 5 --seed 1", "-o", in("a.png")));
        String[] common = "score --model digits-ddpm --class 3 --seed 0 --set terms=3 --json --input".split(" ");
        Tool.Ended png = run(String.join(" ", common), in("a.png")), npy = run(String.join(" ", common), in("a.npy"));
        assertThat(JSON.readTree(png.out()).path("bits").asDouble())
                .isEqualTo(JSON.readTree(npy.out()).path("bits").asDouble());
        assertThat(run(
                                "score --model digits-ddpm --class 3,4 --seed 0 --set terms=3",
                                "--input",
                                in("a.png"),
                                "--input",
                                in("a.png"))
                        .out())
                .contains("2 samples by ddpm");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "score --model digits-classifier --input F           | of kind classifier, which nothing scores",
                "score --model digits-ddpm --input nowhere.npy       | there is no file nowhere.npy",
                "score --model digits-ddpm --input F --scorer nll    | there is no diffusion scorer \"nll\"; there is: ddpm",
                "score --model digits-ddpm --input F --set trems=3   | did you mean \"terms\"?",
                "score --model digits-ddpm --input F --class 12      | there is no class 12",
                "score --model digits-ddpm --input F                 | hold 255.0 at element 0",
                "score --model digits-ddpm --input S                 | must have the shape [2, 1, 28, 28], and has [2, 28, 28]",
                "score --model digits-ddpm                           | score needs --input F",
                "compare --model digits-ddpm --steps 4,x -o F.md     | got \"x\"",
                "compare --model digits-ddpm --sampler : -o F.md     | NAME:key=value",
                "compare --model digits-ddpm -o F.gif                | .png for a sheet of pictures",
                "compare --model digits-ddp -o F.md                  | did you mean \"digits-ddpm\"?",
                "compare --model digits-ddpm --count 2 -o F.md       | too few to measure",
                "compare --model digits-ddpm --measure digits-ddpm --count 9 -o F.md | takes a model of kind classifier",
            })
    void whatCannotBeMeasuredIsRefused(String words, String message) throws Exception {
        float[] white = new float[784];
        Arrays.fill(white, 255);
        write("f.npy", new Npy(new int[] {1, 1, 28, 28}, white));
        write("s.npy", new Npy(new int[] {2, 28, 28}, new float[2 * 784]));
        Tool.Ended ended = run(words.replace("F.", in("f."))
                .replace("-o " + in("f."), "-o " + in("o."))
                .replaceAll("F( |$)", in("f.npy") + "$1")
                .replaceAll("S( |$)", in("s.npy") + "$1")
                .strip());
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err()).contains(message);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("f.npy", "s.npy");
    }

    @Test
    void aComparisonIsASheetATableAndWhatMakesItAgain() throws Exception {
        Tool.Ended ended = run(
                "compare --model digits-ddpm --sampler ddim --sampler euler:scheduler=karras,cfg-scale=1 --sampler nonsense "
                        + "--steps 2,3 --steps 5 --count 12 --class 0..9 --seed 3",
                "-o",
                in("c.png"),
                "-o",
                in("c.md"),
                "-o",
                in("c.csv"));
        succeeded(ended);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("c.png", "c.md", "c.csv", "c.png.json");
        assertThat(Png.image(folder.resolve("c.png")).getWidth()).isGreaterThan(3 * 4 * 56);
        String table = Files.readString(folder.resolve("c.md"));
        assertThat(ended.out()).isEqualTo(table);
        assertThat(table)
                .contains(
                        "| digits-ddpm | ddim | 2 | 2 |",
                        "| digits-ddpm | euler:scheduler=karras,cfg-scale=1 | 5 | 5 |")
                .contains("refused: there is no sampler \"nonsense\"", "*real against real*");
        List<String> csv = Files.readAllLines(folder.resolve("c.csv"));
        assertThat(csv).hasSize(1 + 9 + 1);
        assertThat(csv.get(4)).startsWith("digits-ddpm,\"euler:scheduler=karras,cfg-scale=1\",2,2,");
        JsonNode made = JSON.readTree(folder.resolve("c.png.json").toFile());
        assertThat(made.path("rows")).hasSize(9);
        assertThat(made.path("rows")
                        .path(0)
                        .path("record")
                        .path("samplesSha256")
                        .asText())
                .hasSize(64);
        List<String> command = JSON.convertValue(
                made.path("command"), JSON.getTypeFactory().constructCollectionType(List.class, String.class));
        assertThat(command).startsWith("compare", "--model", "digits-ddpm").contains("--seed", "3", "2,3", "5");
    }

    @Test
    void theDistanceIsThatOfTheProjectsOwnScript() throws Exception {
        // measure_digits.py on the file of the first: 2.0317 by NumPy, for the digits that one kind of CPU makes.
        try (Sampler4j sampler4j = open()) {
            Comparison c = compare(sampler4j, List.of(2), 40, "digits-classifier");
            Cell.Made made = c.cells().get(0).made().orElseThrow();
            assertThat(made.quality().orElseThrow().frechet()).isCloseTo(2.0317, within(.002));
            assertThat(made.quality().orElseThrow().accuracy().orElseThrow()).isCloseTo(.975, within(.026));
            assertThat(c.floors().get("digits-classifier").samples()).isEqualTo(40);
            assertThat(c.floors().get("digits-classifier").real()).isEqualTo(1000);
        }
    }

    private static Comparison compare(Sampler4j sampler4j, List<Integer> steps, int count, String measure) {
        return compare(sampler4j, steps, count, measure, new Cancellation());
    }

    private static Comparison compare(
            Sampler4j sampler4j, List<Integer> steps, int count, String measure, Cancellation cancellation) {
        return sampler4j.compare(
                new ComparisonRequest(
                        List.of("digits-ddpm"),
                        List.of(Entry.parse("ddim")),
                        steps,
                        Request.of("digits-ddpm").classes("0..9").count(count).seed(3),
                        4,
                        measure,
                        Optional.empty()),
                Progress.Listener.NONE,
                cancellation);
    }

    @Test
    void everyCellStartsFromTheSameNoiseAsARunAlone() throws Exception {
        try (Sampler4j sampler4j = open()) {
            Comparison c = compare(sampler4j, List.of(2, 0), 3, ComparisonRequest.NONE);
            Request alone = Request.of("digits-ddpm")
                    .classes("0..9")
                    .sampler("ddim")
                    .count(3)
                    .seed(3);
            float[] shown = c.cells().get(0).made().orElseThrow().shown();
            assertThat(shown)
                    .containsExactly(sampler4j.run(alone.steps(2)).array().values());
            assertThat(c.cells().get(1).made().orElseThrow().nfe())
                    .as("the model's own steps")
                    .isEqualTo(50);
            assertThat(c.floors()).isEmpty();
            assertThat(sampler4j.onnx().counts().leases()).isZero();
            Cancellation stopped = new Cancellation();
            stopped.cancel("enough");
            assertThatThrownBy(() -> compare(sampler4j, List.of(2), 3, ComparisonRequest.NONE, stopped))
                    .isInstanceOf(CancelledException.class);
        }
    }

    @Test
    void twoClassifiersThatFitMustBeTold() throws Exception {
        for (String name : List.of("digits-ddpm", "digits-classifier", "other-classifier")) {
            Path from = Distribution.models().resolve(name.replace("other", "digits"));
            Files.createDirectories(folder.resolve("models/" + name));
            try (Stream<Path> files = Files.list(from)) {
                for (Path p : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(p, folder.resolve("models/" + name).resolve(p.getFileName()));
                }
            }
        }
        try (Sampler4j sampler4j = Sampler4j.builder()
                .modelsDirectory(folder.resolve("models"))
                .pluginsDirectory(Distribution.plugins())
                .open()) {
            assertThatThrownBy(() -> compare(sampler4j, List.of(2), 9, ComparisonRequest.AUTO))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("digits-classifier and other-classifier")
                    .hasMessageContaining("--measure");
            assertThat(compare(sampler4j, List.of(2), 9, "other-classifier").floors())
                    .containsOnlyKeys("other-classifier");
        }
    }

    @Test
    void anEntryOfASamplerReadsAsItLooks() {
        Entry entry = Entry.parse("edm:churn=40,guidance.interval=0.2,5,cfg-scale=1");
        assertThat(entry.sampler()).contains("edm");
        assertThat(entry.settings()).isEqualTo(Map.of("churn", "40", "guidance.interval", "0.2,5", "cfg-scale", "1"));
        assertThat(Entry.parse("ddim").settings()).isEmpty();
        assertThatThrownBy(() -> Entry.parse("ddim:karras")).hasMessageContaining("got \"ddim:karras\"");
    }
}
