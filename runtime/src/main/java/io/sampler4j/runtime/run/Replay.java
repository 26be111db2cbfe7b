package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Hashes;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        ModelDirectory model = find(models, new Record.Named(record.modelName(), record.modelSha256()));
        Request request = record.request(model.path().toString());
        for (Map.Entry<String, String> input : record.inputs().entrySet()) {
            Path file = inputs.flatMap(d -> find(d, input.getValue()))
                    .orElseThrow(() -> new RefusedException("the run read a file as " + input.getKey() + " with sha256 "
                            + input.getValue() + ": say --input DIR for a directory that holds it"));
            request = Inputs.give(request, input.getKey(), file)
                    .orElseThrow(() -> new RefusedException(
                            "the record names an input \"" + input.getKey() + "\" that this version does not know"));
        }
        for (Map.Entry<String, Record.Named> other : record.guidanceModels().entrySet()) {
            ModelDirectory found = find(models, other.getValue());
            request = request.set("guidance." + other.getKey(), found.path().toString());
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

    private static ModelDirectory find(Models models, Record.Named model) {
        return models.withSha256(model.sha256())
                .orElseThrow(() -> new RefusedException("the record was made with the model \"" + model.name()
                        + "\" whose manifest has sha256 " + model.sha256()
                        + ", and no model directory here has it: add it to the models directory, or say --models-dir"));
    }

    private static Optional<Path> find(Path directory, String sha256) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> Files.isRegularFile(f) && Files.isReadable(f))
                    .filter(f -> Hashes.of(f).equals(sha256))
                    .findFirst();
        } catch (IOException e) {
            throw new RefusedException("cannot read the directory " + directory + ": " + e.getMessage(), e);
        }
    }
}
