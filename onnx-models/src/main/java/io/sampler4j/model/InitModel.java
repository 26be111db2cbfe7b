package io.sampler4j.model;

import io.sampler4j.api.error.RefusedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Drafts the directory of a model around an exported network. */
public final class InitModel {
    private InitModel() {}

    /**
     * What was drafted.
     *
     * @param directory where it was written
     * @param json the model.json, which {@link Manifest#parse} reads only when nothing is left to fill in
     * @param taken what was recognised and where it is from, a sentence each
     * @param ignored what a scheduler_config.json says that is not taken over, a sentence each
     * @param open what is left to fill in, a sentence each; empty where the model can be used as it is
     */
    public record Draft(Path directory, String json, List<String> taken, List<String> ignored, List<String> open) {
        /** Copies the lists. */
        public Draft {
            taken = List.copyOf(taken);
            ignored = List.copyOf(ignored);
            open = List.copyOf(open);
        }
    }

    /**
     * Drafts a manifest from the signature, the hashes, a diffusers {@code scheduler_config.json} beside the network or
     * in {@code scheduler/}, and from {@code like} all but files and hashes; copies the files and writes both to
     * {@code out}, whole or not at all.
     *
     * @param onnxFileOrDirectory an ONNX file, or a directory with one, such as {@code optimum} exports
     * @param like an installed model to take over
     * @param out a directory that does not exist yet
     * @throws RefusedException if the source cannot be read, or {@code out} exists
     */
    public static Draft draft(Path onnxFileOrDirectory, Optional<ModelDirectory> like, Path out) {
        throw new UnsupportedOperationException("to come");
    }
}
