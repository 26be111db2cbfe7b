package io.sampler4j.runtime.plugin;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Generations that were live once, until the garbage collector has taken their class loaders. Thread-safe. */
final class Former {
    /** By number. One that is closed is known by weak references alone. */
    private final Map<Long, Generation> draining = new TreeMap<>();

    private final Map<Long, Closed> closed = new TreeMap<>();

    private record Closed(Set<String> hashes, List<WeakReference<ClassLoader>> loaders) {
        boolean isCollected() {
            return loaders.stream().allMatch(l -> l.get() == null);
        }
    }

    /** It is to be retired. */
    synchronized void add(Generation generation) {
        draining.put(generation.number(), generation);
    }

    /** It was closed. */
    synchronized void closed(long number) {
        Generation generation = draining.remove(number);
        if (generation != null) closed.put(number, new Closed(hashes(generation), generation.loaders()));
    }

    private static Set<String> hashes(Generation generation) {
        return generation.live().stream().map(JarLint::sha256).collect(Collectors.toUnmodifiableSet());
    }

    /** Those that were found collected since this was asked last. */
    synchronized List<Long> collected() {
        List<Long> gone = closed.entrySet().stream()
                .filter(e -> e.getValue().isCollected())
                .map(Map.Entry::getKey)
                .toList();
        gone.forEach(closed::remove);
        return gone;
    }

    /** Those that are left, the latest first. */
    synchronized List<GenerationStatus> statuses() {
        List<GenerationStatus> all = new ArrayList<>();
        draining.forEach(
                (n, g) -> all.add(0, new GenerationStatus(n, GenerationStatus.State.DRAINING, g.leases(), hashes(g))));
        List<GenerationStatus> past = new ArrayList<>();
        closed.forEach((n, c) -> past.add(0, new GenerationStatus(n, GenerationStatus.State.CLOSED, 0, c.hashes)));
        all.addAll(past);
        return all;
    }
}
