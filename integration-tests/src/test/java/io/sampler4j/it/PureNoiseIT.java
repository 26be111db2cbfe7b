package io.sampler4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.testing.GaussianMixture;
import io.sampler4j.it.MixtureModel.Cell;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.Sampler4j;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.run.Progress;
import io.sampler4j.runtime.run.Record;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that start where alpha = 0, and runs of a sampler that chooses its own steps. */
class PureNoiseIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Request FLOW =
            Request.of("velocity-flow").scheduler("flow").steps(12).seed(4).count(3);

    @TempDir
    static Path folder;

    private static Sampler4j sampler4j;

    @BeforeAll
    static void open() throws IOException {
        Path models = Files.createDirectories(folder.resolve("models"));
        new Cell("velocity", "FLOW").write(models);
        new Cell("epsilon", "FLOW").write(models);
        new Cell("x0", "VE").write(models);
        sampler4j = Sampler4j.builder()
                .modelsDirectory(models)
                .pluginsDirectory(Distribution.plugins())
                .open();
    }

    @AfterAll
    static void close() {
        sampler4j.close();
    }

    private static JsonNode json(Result result) throws IOException {
        return JSON.readTree(result.record().json());
    }

    /** Euler in VE cannot hold an infinite sigma; after the exact step it is the same map as Euler in flow time. */
    @Test
    void aSamplerThatCannotStartThereDoesAfterOneExactStep() throws IOException {
        Path states = folder.resolve("states.npy"), trace = folder.resolve("trace.jsonl");
        List<Progress> heard = new ArrayList<>();
        Result made = sampler4j.run(
                FLOW.sampler("euler").batch(3).traceStates(states).trace(trace), heard::add, new Cancellation());
        made.write(folder.resolve("made.npy"));
        Result flow = sampler4j.run(FLOW.sampler("rectified-flow"));
        for (int i = 0; i < 3; i++) {
            // The same products in another order, in float32.
            assertThat(made.sample(i)).containsExactly(flow.sample(i), within(2e-6f));
        }
        assertThat(json(made).path("exactFirstStep").asBoolean()).isTrue();
        assertThat(json(flow).has("exactFirstStep")).isFalse();
        assertThat(json(made).path("steps").asInt()).isEqualTo(12);
        assertThat(made.nfe()).isEqualTo(12);
        Progress last = heard.get(heard.size() - 1);
        assertThat(last.nfe()).isEqualTo(last.planned());
        assertThat(last.step()).isEqualTo(last.steps()).isEqualTo(12);
        Npy path = Npy.read(states);
        assertThat(path.shape()).containsExactly(13, 3, 1, 8, 8);
        double square = 0;
        for (int i = 0; i < 192; i++) square += path.values()[i] * path.values()[i];
        assertThat(Math.sqrt(square / 192)).as("it starts as unit noise").isCloseTo(1, within(.2));
        List<String> lines = Files.readAllLines(trace);
        List<Integer> asked = new ArrayList<>();
        for (String line : lines) {
            JsonNode event = JSON.readTree(line);
            if (event.path("event").asText().equals("denoise"))
                asked.add(event.path("step").asInt());
        }
        assertThat(asked).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        assertThat(JSON.readTree(lines.get(0)).path("alpha").asDouble()).isZero();
    }

    @Test
    void itIsCountedInHeunsEvaluationsAndASingleStepIsItAlone() throws IOException {
        Result heun = sampler4j.run(FLOW.sampler("heun").batch(3));
        assertThat(heun.nfe()).as("one exact, ten of two, one of Euler").isEqualTo(1 + 20 + 1);
        Result one = sampler4j.run(FLOW.sampler("heun").batch(3).steps(1));
        assertThat(one.nfe()).isEqualTo(1);
        double mean = .3 * -1.2 + .5 * .4 + .2 * 1.5;
        // Of pure noise the network knows the mean of the data, whatever the noise.
        for (float v : one.sample(0)) assertThat((double) v).isCloseTo(mean, within(1e-6));
    }

    @Test
    void aReplayTakesItAgain() {
        Result made = sampler4j.run(FLOW.sampler("euler-ancestral"));
        Record record = Record.parse(made.record().json(), "the record");
        var replay = sampler4j.replay(record, Optional.empty());
        Result again = sampler4j.run(replay.request());
        assertThat(replay.same(again)).isTrue();
        assertThat(again.record().json()).contains("\"exactFirstStep\":true");
    }

    @Test
    void aNetworkThatKnowsNothingThereIsRefused() {
        assertThatThrownBy(() -> sampler4j.plan(Request.of("epsilon-flow")
                        .sampler("euler")
                        .scheduler("flow")
                        .steps(5)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("euler cannot run here");
    }

    @Test
    void dopri5IsExactFromPureNoiseAndReportsWhatItCost() throws IOException {
        Result made = sampler4j.run(
                Request.of("velocity-flow").sampler("dopri5").seed(4).count(2));
        Result start = sampler4j.run(FLOW.count(2).sampler("rectified-flow").traceStates(folder.resolve("start.npy")));
        start.write(folder.resolve("start-samples.npy"));
        float[] noise = Npy.read(folder.resolve("start.npy")).values();
        for (int i = 0; i < MixtureModel.ELEMENTS; i++) {
            double exact = GaussianMixture.THREE.transport(1e6 * noise[i], 1e6, 0);
            // Tolerance 1e-5 of each step; a watershed between two peaks spreads what was added up.
            assertThat((double) made.sample(0)[i]).isCloseTo(exact, within(2e-3));
        }
        assertThat(made.nfe()).isBetween(40L, 400L);
        assertThat(json(made).has("steps")).isFalse();
    }

    @Test
    void anAdaptiveSamplerTakesNoStepsAndKeepsNoPathOfThem() {
        Request dopri5 = Request.of("velocity-flow").sampler("dopri5").seed(1);
        assertThatThrownBy(() -> sampler4j.plan(dopri5.scheduler("flow").steps(10)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("chooses its own steps");
        assertThatThrownBy(() -> sampler4j.plan(dopri5.traceStates(folder.resolve("no.npy"))))
                .hasMessageContaining("no path of a common length");
    }
}
