package io.sampler4j.it.swap;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process holds of the system, after a garbage collection.
 *
 * @param files open file descriptors, -1 where the system does not tell
 * @param nativeBytes resident memory beside the heap, -1 where the system does not tell
 * @param classes loaded classes
 */
record Footprint(long files, long nativeBytes, int classes) {
    static Footprint now() throws IOException {
        for (int i = 0; i < 3; i++) System.gc();
        return new Footprint(
                openFiles(),
                besideHeap(),
                ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
    }

    private static long openFiles() throws IOException {
        Path table = Path.of("/proc/self/fd");
        if (!Files.isDirectory(table)) return -1;
        try (Stream<Path> all = Files.list(table)) {
            return all.count();
        }
    }

    private static long besideHeap() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) return -1;
        for (String line : Files.readAllLines(status)) {
            if (!line.startsWith("VmRSS:")) continue;
            long resident = Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            return resident - Runtime.getRuntime().totalMemory();
        }
        return -1;
    }
}
