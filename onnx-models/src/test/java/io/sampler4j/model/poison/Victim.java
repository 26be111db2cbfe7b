package io.sampler4j.model.poison;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sampler4j.api.Condition;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.model.diffusion.NetworkDenoiser;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Counts;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.tensor.ArrayTensor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A JVM of its own that takes every model directory in a folder, one after the other, and says what became of each. */
final class Victim {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Victim() {}

    /**
     * What became of one model.
     *
     * @param name of its directory
     * @param thrown the class of what was thrown, or empty where it ran
     * @param refused whether that was one of the exceptions that callers are told to expect
     * @param message of what was thrown
     */
    record Outcome(String name, String thrown, boolean refused, String message) {}

    /**
     * Runs the JVM to its end.
     *
     * @throws AssertionError if it dies or hangs, naming the model that it had before it
     */
    static List<Outcome> of(Path folder) throws IOException, InterruptedException {
        Path out = folder.resolveSibling("outcomes"), errors = folder.resolveSibling("errors");
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        // What a poisoned model claims is far beyond either.
                        "-Xmx256m",
                        "-XX:MaxDirectMemorySize=256m",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + folder.resolveSibling("crash"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        folder.toString())
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        boolean ended = victim.waitFor(5, TimeUnit.MINUTES);
        if (!ended) victim.destroyForcibly().waitFor();
        List<Outcome> outcomes = new ArrayList<>();
        String last = "none";
        for (String line : Files.readAllLines(out)) {
            if (line.startsWith("{")) outcomes.add(JSON.readValue(line, Outcome.class));
            else if (line.startsWith("> ")) last = line.substring(2);
        }
        if (!ended || victim.exitValue() != 0) {
            throw new AssertionError("the JVM " + (ended ? "ended with " + victim.exitValue() : "hung")
                    + " at the model " + last + ": " + Files.readString(errors));
        }
        return outcomes;
    }

    public static void main(String[] folder) throws IOException {
        List<Path> models;
        try (Stream<Path> all = Files.list(Path.of(folder[0]))) {
            models = all.sorted().toList();
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (OnnxRuntime runtime = new OnnxRuntime()) {
            for (Path model : models) {
                out.println("> " + model.getFileName());
                out.println(line(tried(model, runtime)));
                runtime.evict();
                if (!runtime.counts().equals(new Counts(0, 0, 0, 0))) {
                    throw new IllegalStateException(model + " left " + runtime.counts());
                }
            }
        }
    }

    private static String line(Outcome outcome) throws JsonProcessingException {
        return JSON.writeValueAsString(outcome);
    }

    private static Outcome tried(Path directory, OnnxRuntime runtime) {
        String name = directory.getFileName().toString();
        try {
            call(ModelDirectory.open(directory), runtime);
            return new Outcome(name, "", false, "");
        } catch (SampleException e) {
            return new Outcome(name, e.getClass().getSimpleName(), true, e.getMessage());
        } catch (Throwable e) {
            return new Outcome(name, e.getClass().getName(), false, String.valueOf(e.getMessage()));
        }
    }

    /** Asks the denoiser once. */
    private static void call(ModelDirectory directory, OnnxRuntime runtime) {
        try (Network network = directory.lease(runtime, "denoiser", NetworkOptions.ONE_THREAD)) {
            DiffusionModel model = new DiffusionModel(directory.manifest(), network);
            try (NetworkDenoiser denoiser = model.open(1, new Cancellation())) {
                ArrayTensor x = ArrayTensor.zeros(1, model.elements());
                denoiser.denoise(
                        x, model.process().coordinates().at(1), List.of(Condition.NONE), List.of(denoiser.estimate(x)));
            }
        }
    }
}
