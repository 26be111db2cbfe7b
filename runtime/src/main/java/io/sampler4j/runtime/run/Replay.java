package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.Models;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The same result again, from its record alone: the model is found by the hash of its manifest, never by a path, and
 * input files by theirs. Immutable.
 */
public final class Replay {
    private final Record record;
    private final Request request;

    private Replay(Record record, Request request) {
        this.record = record;
        this.request = request;
    }

    /**
     * A replay whose model and inputs were found.
     *
     * @throws RefusedException if one was not
     */
    public static Replay of(Record record, Models models, Optional<Path> inputs) {
        ModelDirectory model = models.withSha256(record.modelSha256())
                .orElseThrow(() -> new RefusedException("the record was made with the model \"" + record.modelName()
                        + "\" whose manifest has sha256 " + record.modelSha256()
                        + ", and no model directory here has it: add it to the models directory, or say --models-dir"));
        Request request = record.request(model.path().toString());
        for (Map.Entry<String, String> input : record.inputs().entrySet()) {
            Path file = inputs.flatMap(d -> find(d, input.getValue()))
                    .orElseThrow(() -> new RefusedException("the run read a file as " + input.getKey() + " with sha256 "
                            + input.getValue() + ": say --input DIR for a directory that holds it"));
            request = switch (input.getKey()) {
                case "init-noise" -> request.initNoise(file);
                case "step-noise" -> request.stepNoise(file);
                case "input" -> request.invert(file);
                default ->
                    throw new RefusedException(
                            "the record names an input \"" + input.getKey() + "\" that this version does not know");
            };
        }
        return new Replay(record, request);
    }

    /** The request that makes it again. */
    public Request request() {
        return request;
    }

    /** Whether the result has the very samples that the record was written with. */
    public boolean same(Result result) {
        return result.record().samplesSha256().equals(record.samplesSha256());
    }

    /** The result under the original record where it has the very samples of it, so that its file is the same as well. */
    public Result settle(Result result) {
        return same(result) ? result.under(record) : result;
    }

    private static Optional<Path> find(Path directory, String sha256) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(f -> hash(f).equals(sha256))
                    .findFirst();
        } catch (IOException e) {
            throw new RefusedException("cannot read the directory " + directory + ": " + e.getMessage(), e);
        }
    }

    private static String hash(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
