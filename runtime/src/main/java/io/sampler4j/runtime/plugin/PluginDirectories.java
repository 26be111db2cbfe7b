package io.sampler4j.runtime.plugin;

import io.sampler4j.api.error.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What lies in the directories of plugins, and who may put it there. */
final class PluginDirectories {
    private PluginDirectories() {}

    /**
     * The files that are to be plugins, by their names within each directory.
     *
     * @throws RefusedException if a directory is none, cannot be read, or can be written by everyone
     */
    static List<Path> jars(List<Path> directories) {
        List<Path> jars = new ArrayList<>();
        for (Path directory : directories) {
            if (Files.notExists(directory)) continue;
            try (Stream<Path> files = Files.list(directory)) {
                if (isWritableByAll(directory)) {
                    throw new RefusedException("the plugins directory " + directory
                            + " can be written by everyone on this machine, who could so run code as this user:"
                            + " chmod o-w " + directory);
                }
                files.filter(f -> f.getFileName().toString().endsWith(".jar") && Files.isRegularFile(f))
                        .sorted()
                        .forEach(jars::add);
            } catch (IOException e) {
                throw new RefusedException(
                        "the plugins directory " + directory + " cannot be read (" + e
                                + "): name a directory of plugin jars that can",
                        e);
            }
        }
        return jars;
    }

    /** Whether others than owner and group may write it; false on systems without such permissions. */
    static boolean isWritableByAll(Path path) throws IOException {
        return Files.getFileStore(path).supportsFileAttributeView("posix")
                && Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE);
    }
}
