package io.sampler4j.it.swap;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process holds of the system, after a garbage collection.
 *
 * @param files open file descriptors, -1 where the system does not tell
 * @param nativeBytes resident memory beside the heap, -1 where the system does not tell
 * @param classes loaded classes
 */
record Footprint(long files, long nativeBytes, int classes) {
    private static final int CHUNK = 1 << 17;
    private static final int MARGIN = 32 << 20;

    static Footprint now() throws IOException {
        for (int i = 0; i < 3; i++) System.gc();
        touchHeap();
        return new Footprint(
                openFiles(),
                besideHeap(),
                ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
    }

    /** Heap that is committed and was never written to is not resident: written to, so that it counts as heap at once. */
    private static void touchHeap() {
        List<byte[]> written = new ArrayList<>();
        while (Runtime.getRuntime().freeMemory() > MARGIN) written.add(new byte[CHUNK]);
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
