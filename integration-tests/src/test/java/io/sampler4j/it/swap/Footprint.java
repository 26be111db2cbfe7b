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
    /** References of 32 bits reach as far: the heap lies below, all that is mapped otherwise above. */
    private static final long HEAP_ENDS = 32L << 30;

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

    /** The collector commits and gives back the heap as it likes, so that its size says nothing about the rest. */
    private static long besideHeap() throws IOException {
        Path maps = Path.of("/proc/self/smaps");
        if (!Files.isReadable(maps)) return -1;
        long resident = 0;
        boolean heap = false;
        for (String line : Files.readAllLines(maps)) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                heap = Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16) < HEAP_ENDS;
            } else if (line.startsWith("Rss:") && !heap) {
                resident += Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        return resident;
    }
}
