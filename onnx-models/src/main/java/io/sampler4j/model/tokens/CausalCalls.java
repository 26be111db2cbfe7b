package io.sampler4j.model.tokens;

import io.sampler4j.api.error.NetworkException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.onnx.Cancellation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls of a causal network: what is before a position in, the answer about it out. Of what a cache has kept, the longest
 * common beginning is not computed again, so it needs no telling of what was masked or settled anew; a window that moves
 * begins another sequence, and is computed whole.
 */
final class CausalCalls implements Calls {
    /** Caches of so many sets of runs: runs in step are one set; a window or a run that ended early makes another. */
    private static final int CACHES = 4;

    private final TokenModel model;
    private final CausalNetworks networks;
    private final int halves;
    private final Cancellation cancellation;
    private final LogitReading reading;
    private final Work work = new Work();
    private final Map<List<Integer>, KeyValueCache> caches = new LinkedHashMap<>(16, .75f, true);

    /** A sequence to feed, and which rows of a question its last answers are about: row {@code first + k} at {@code at[k]}. */
    private record Job(Asked asked, int first, int[] at, int[][] ids) {
        int length() {
            return ids[0].length;
        }

        int earliest() {
            return Arrays.stream(at).min().orElseThrow();
        }
    }

    CausalCalls(TokenModel model, CausalNetworks networks, double scale, int threads, Cancellation cancellation) {
        this.model = model;
        this.networks = networks;
        this.cancellation = cancellation;
        halves = scale == 1 ? 1 : 2;
        reading = new LogitReading(model, scale, threads);
    }

    @Override
    public Work work() {
        return work;
    }

    @Override
    public void answer(List<Asked> all, boolean pad) {
        Map<Integer, List<Job>> alike = new LinkedHashMap<>();
        for (Asked a : all) {
            for (Job job : jobs(a)) {
                alike.computeIfAbsent(job.length(), k -> new ArrayList<>()).add(job);
            }
        }
        for (List<Job> jobs : alike.values()) {
            int most = networks.most(halves, jobs.get(0).length());
            for (int i = 0; i < jobs.size(); i += most) call(jobs.subList(i, Math.min(i + most, jobs.size())));
        }
    }

    /** One sequence for all rows, or, where each has a window of its own, one for each. */
    private List<Job> jobs(Asked a) {
        int count = a.rows().size(), front = a.front().size();
        List<Job> jobs = new ArrayList<>();
        if (count > 0 && !a.raster().slides()) {
            int[] at = new int[count];
            for (int i = 0; i < count; i++) at[i] = front + a.rows().position(i) - 1;
            int last = Arrays.stream(at).max().orElseThrow() + 1 - front;
            jobs.add(new Job(a, 0, at, sequences(a, 0, last)));
        } else {
            for (int i = 0; i < count; i++) {
                int position = a.rows().position(i), place = a.raster().place(position);
                int[][] ids = sequences(a, a.raster().origin(position), place);
                jobs.add(new Job(a, i, new int[] {front + place - 1}, ids));
            }
        }
        return jobs;
    }

    /** For each half of the call: what is in front, then the first {@code count} ids of the canvas or of the window. */
    private int[][] sequences(Asked a, int origin, int count) {
        int front = a.front().size();
        if (front + count == 0) {
            throw new RefusedException("nothing is before the first position for the network to go by: tokens.begin or"
                    + " tokens.classFrom says what a sequence starts with");
        }
        if (front + count > model.tokens().length()) {
            throw new RefusedException("a sequence of " + (front + count) + " is longer than the "
                    + model.tokens().length() + " that the network was trained on");
        }
        int[][] ids = new int[halves][front + count];
        for (int k = 0; k < count; k++) {
            int p = a.raster().slides() ? a.raster().position(origin, k) : k;
            if (a.x().masked(p)) {
                throw new RefusedException("a causal network knows a position by all before it, and position " + p
                        + " is masked: autoregressive settles them in order");
            }
            for (int[] half : ids) half[front + k] = a.x().id(p);
        }
        for (int h = 0; h < halves; h++)
            for (int i = 0; i < front; i++) ids[h][i] = a.front().id(i, h == 0);
        return ids;
    }

    private void call(List<Job> jobs) {
        KeyValueCache cache = cache(jobs);
        int n = jobs.size(), length = jobs.get(0).length();
        int[][] ids = new int[halves * n][];
        int[] groups = new int[halves * n];
        for (int b = 0; b < ids.length; b++) {
            Job job = jobs.get(b % n);
            ids[b] = job.ids()[b / n];
            if (networks.asksForClass()) groups[b] = job.asked().front().group(b < n);
        }
        int earliest = jobs.stream().mapToInt(Job::earliest).min().orElseThrow();
        cache.reuse(ids, earliest);
        while (cache.length() < length) {
            int from = cache.length();
            reading.start(cache.run(groups, work, cancellation));
            int answers = cache.answers(), first = cache.length() - answers;
            for (int b = 0; b < n; b++) {
                Job job = jobs.get(b);
                for (int k = 0; k < job.at().length; k++) {
                    int at = job.at()[k];
                    if (at < from || at >= cache.length()) continue;
                    if (at < first) throw answersTheLast(answers);
                    int row = b * answers + at - first;
                    reading.add(job.asked(), job.first() + k, row, row + n * answers);
                }
            }
            reading.finish();
        }
    }

    private static NetworkException answersTheLast(int answers) {
        return new NetworkException("The network answers about the last " + answers
                + " of the positions it reads, and others were asked about at once. Export it with the logits of all.");
    }

    private KeyValueCache cache(List<Job> jobs) {
        List<Integer> key = jobs.stream().map(j -> j.asked().run()).toList();
        KeyValueCache cache = caches.get(key);
        if (cache != null) return cache;
        if (caches.size() == CACHES) {
            Iterator<KeyValueCache> eldest = caches.values().iterator();
            eldest.next().close();
            eldest.remove();
        }
        cache = new KeyValueCache(networks, halves * jobs.size());
        caches.put(key, cache);
        return cache;
    }

    @Override
    public void close() {
        caches.values().forEach(KeyValueCache::close);
        caches.clear();
        reading.close();
    }
}
