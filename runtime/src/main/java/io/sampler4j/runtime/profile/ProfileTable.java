package io.sampler4j.runtime.profile;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.Names;
import io.sampler4j.runtime.run.ProfileSource;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.RunRequest;
import io.sampler4j.runtime.run.TextRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What stands behind each name at this moment, and what was last asked of it. Runs read one atomic reference, so that a
 * switch is seen by all of a run or by none. Thread-safe.
 */
public final class ProfileTable implements ProfileSource {
    /** Requests that are kept for each name, to be made again in a comparison. */
    private static final int RECENT = 64;

    private final AtomicReference<SortedMap<String, Deployment>> deployments =
            new AtomicReference<>(Collections.emptySortedMap());
    private final Map<String, Deque<RunRequest<?>>> recent = new ConcurrentHashMap<>();

    /** Without any name. */
    public ProfileTable() {}

    @Override
    public <R extends RunRequest<R>> R apply(R request) {
        if (request.profile().isEmpty()) return request;
        String name = request.profile().get();
        SortedMap<String, Deployment> all = deployments.get();
        Deployment deployment = all.get(name);
        if (deployment == null) throw new RefusedException(Names.unknown("profile", name, all.keySet()));
        // Drawn here where none was asked for, since it decides, and the record has to hold it.
        long seed = request.seed().orElseGet(() -> ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
        R seeded = request.seed(seed);
        boolean canary = deployment.toCanary(name, seed);
        R made = canary
                ? deployment.canary().orElseThrow().profile().on(seeded, name, true)
                : deployment.current().on(seeded, name, false);
        remember(name, seeded);
        return made;
    }

    /** Only what can be made again without side effects. */
    private void remember(String name, RunRequest<?> request) {
        boolean repeatable = request instanceof Request r
                ? r.verb() == Request.Verb.GENERATE
                : request instanceof TextRequest t && t.saveCanvas().isEmpty();
        if (!repeatable) return;
        Deque<RunRequest<?>> last = recent.computeIfAbsent(name, n -> new ArrayDeque<>());
        synchronized (last) {
            last.addFirst(request);
            if (last.size() > RECENT) last.removeLast();
        }
    }

    /** The last requests of a name, seeds included, the latest first. */
    List<RunRequest<?>> recent(String name, int most) {
        Deque<RunRequest<?>> last = recent.get(name);
        if (last == null) return List.of();
        synchronized (last) {
            return new ArrayList<>(last).subList(0, Math.min(most, last.size()));
        }
    }

    /** The last request of a name for a model. */
    Optional<RunRequest<?>> last(String name, String model) {
        return recent(name, RECENT).stream()
                .filter(r -> r.model().equals(model))
                .findFirst();
    }

    /** All names. */
    SortedMap<String, Deployment> all() {
        return deployments.get();
    }

    /** Whether there is no name. */
    public boolean isEmpty() {
        return deployments.get().isEmpty();
    }

    /** Puts something else behind a name, or nothing. The caller sees to it that one does so at a time. */
    void put(String name, Optional<Deployment> deployment) {
        SortedMap<String, Deployment> next = new TreeMap<>(deployments.get());
        if (deployment.isPresent()) next.put(name, deployment.get());
        else next.remove(name);
        deployments.set(Collections.unmodifiableSortedMap(next));
        if (deployment.isEmpty()) recent.remove(name);
    }
}
