package io.sampler4j.runtime.output;

import io.sampler4j.api.error.RefusedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** The form of an output, which the ending of its name decides. */
public enum Form {
    /** A picture, or a grid of several. */
    PNG,
    /** The path from noise to sample. */
    GIF,
    /** Raw float32, in the network's range. */
    NPY,
    /** A directory with a picture for each sample. */
    DIRECTORY,
    /** A directory with noise and samples side by side, for training. No ending says so: a run of pairs has this form. */
    PAIRS;

    /**
     * The form of this output.
     *
     * @throws RefusedException if the name ends in none of the known ways
     */
    public static Form of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (name.endsWith("/") || name.endsWith("\\") || isDirectory(name)) return DIRECTORY;
        if (lower.endsWith(".png")) return PNG;
        if (lower.endsWith(".gif")) return GIF;
        if (lower.endsWith(".npy")) return NPY;
        throw new RefusedException(
                "the output \"" + name + "\" does not say what it is: let its name end in .png, .gif or "
                        + ".npy, or in / for a directory with a png for each sample");
    }

    private static boolean isDirectory(String name) {
        try {
            return Files.isDirectory(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
