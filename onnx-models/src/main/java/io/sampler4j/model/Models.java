package io.sampler4j.model;

import io.sampler4j.api.error.RefusedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The installed models: the directories with a {@code model.json} in some folders. Thread-safe; looks at the disk at each call. */
public final class Models {
    /** @param roots the folders, in order: of two models of one name the first is meant */
    public Models(List<Path> roots) {}

    /** The names of the models that can be read, sorted. */
    public List<String> names() {
        throw new UnsupportedOperationException("to come");
    }

    /** Every model directory, sorted by name; one that cannot be read says why and hides no other. */
    public List<Listing> list() {
        throw new UnsupportedOperationException("to come");
    }

    /**
     * Opens a model by its name, or by the path of its directory.
     *
     * @throws RefusedException if there is none, listing what there is, nearest first; or if it cannot be read
     */
    public ModelDirectory open(String nameOrPath) {
        throw new UnsupportedOperationException("to come");
    }

    /** The model whose {@link ModelDirectory#sha256()} this is, for replay. */
    public Optional<ModelDirectory> withSha256(String sha256) {
        throw new UnsupportedOperationException("to come");
    }
}
