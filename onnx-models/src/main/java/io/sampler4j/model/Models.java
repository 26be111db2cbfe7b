package io.sampler4j.model;

import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The installed models: the directories with a {@code model.json} in some folders. Thread-safe; looks at the disk at each call. */
public final class Models {
    private final List<Path> roots;

    /** @param roots the folders, in order: of two models of one name the first is meant */
    public Models(List<Path> roots) {
        this.roots = List.copyOf(roots);
    }

    /** The names of the models that can be read, sorted. */
    public List<String> names() {
        return list().stream()
                .filter(l -> l.model().isPresent())
                .map(Listing::name)
                .distinct()
                .toList();
    }

    /** Every model directory, sorted by name; one that cannot be read says why and hides no other. */
    public List<Listing> list() {
        List<Listing> all = new ArrayList<>();
        for (Path directory : directories()) {
            String name = directory.getFileName().toString();
            try {
                all.add(new Listing(name, directory, Optional.of(ModelDirectory.open(directory)), Optional.empty()));
            } catch (RefusedException e) {
                all.add(new Listing(name, directory, Optional.empty(), Optional.of(e.getMessage())));
            }
        }
        all.sort(Comparator.comparing(Listing::name));
        return all;
    }

    private List<Path> directories() {
        List<Path> found = new ArrayList<>();
        for (Path root : roots) {
            if (!Files.isDirectory(root)) continue;
            try (Stream<Path> entries = Files.list(root)) {
                entries.filter(d -> Files.isRegularFile(d.resolve(ModelDirectory.MANIFEST)))
                        .forEach(found::add);
            } catch (IOException e) {
                throw new RefusedException("cannot read the models directory " + root + ": " + e.getMessage(), e);
            }
        }
        return found;
    }

    /**
     * Opens a model by its name, or by the path of its directory.
     *
     * @throws RefusedException if there is none, listing what there is, nearest first; or if it cannot be read
     */
    public ModelDirectory open(String nameOrPath) {
        for (Path directory : directories()) {
            if (directory.getFileName().toString().equals(nameOrPath)) return ModelDirectory.open(directory);
        }
        try {
            Path path = Path.of(nameOrPath);
            if (Files.isDirectory(path)) return ModelDirectory.open(path);
        } catch (InvalidPathException e) {
            throw new RefusedException(Names.unknown("model", nameOrPath, names()), e);
        }
        List<String> there =
                directories().stream().map(d -> d.getFileName().toString()).toList();
        throw new RefusedException(Names.unknown("model", nameOrPath, there) + " (in " + where() + ")");
    }

    private String where() {
        return roots.stream()
                .map(Path::toString)
                .reduce((a, b) -> a + " and " + b)
                .orElse("no directory");
    }

    /** The model whose {@link ModelDirectory#sha256()} this is, for replay. */
    public Optional<ModelDirectory> withSha256(String sha256) {
        return list().stream()
                .flatMap(l -> l.model().stream())
                .filter(m -> m.sha256().equals(sha256))
                .findFirst();
    }
}
