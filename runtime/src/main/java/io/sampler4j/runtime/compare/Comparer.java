package io.sampler4j.runtime.compare;

import io.sampler4j.api.error.CancelledException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.model.Models;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Device;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.Closer;
import io.sampler4j.runtime.measure.KernelDistance;
import io.sampler4j.runtime.measure.Measure;
import io.sampler4j.runtime.measure.Quality;
import io.sampler4j.runtime.run.Plan;
import io.sampler4j.runtime.run.Planner;
import io.sampler4j.runtime.run.Progress;
import io.sampler4j.runtime.run.Request;
import io.sampler4j.runtime.run.Result;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Runs comparisons. Thread-safe. */
public final class Comparer {
    private final Models models;
    private final OnnxRuntime onnx;
    private final Planner planner;

    @Inject
    Comparer(Models models, OnnxRuntime onnx, Planner planner) {
        this.models = models;
        this.onnx = onnx;
        this.planner = planner;
    }

    /**
     * Runs every cell from the same seeds. What a cell cannot do is said in it, and the others run.
     *
     * @throws RefusedException if a model is not there, or the classifier cannot measure
     * @throws CancelledException if it was cancelled
     */
    public Comparison compare(ComparisonRequest request, Progress.Listener progress, Cancellation cancellation) {
        if (request.models().isEmpty()
                || request.samplers().isEmpty()
                || request.steps().isEmpty()) {
            throw new RefusedException("a comparison needs a model, a sampler and a number of steps or more of each");
        }
        if (request.shown() < 1 || request.each().count() < 1) {
            throw new RefusedException("--count and --show must be 1 or more");
        }
        try (Closer open = new Closer()) {
            return new Work(request, progress, cancellation, open).run();
        }
    }

    private final class Work {
        private final ComparisonRequest request;
        private final Progress.Listener progress;
        private final Cancellation cancellation;
        private final Closer open;
        private final Map<String, Measure> measures = new LinkedHashMap<>();
        private final Set<String> warm = new HashSet<>();
        private final long seed;
        private final long started = System.nanoTime();
        private long planned;
        private long done;

        Work(ComparisonRequest request, Progress.Listener progress, Cancellation cancellation, Closer open) {
            this.request = request;
            this.progress = progress;
            this.cancellation = cancellation;
            this.open = open;
            seed = request.each()
                    .seed()
                    .orElseGet(() -> ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
        }

        private record Asked(String model, Entry entry, int steps, Request request, String refusal, String sampler) {}

        Comparison run() {
            Map<String, Optional<Measure>> byModel = new LinkedHashMap<>();
            for (String m : request.models()) byModel.put(m, measure(m));
            List<Asked> all = new ArrayList<>();
            for (String m : request.models()) {
                for (Entry e : request.samplers()) for (int n : request.steps()) all.add(ask(m, e, n));
            }
            List<Cell> cells = new ArrayList<>();
            for (Asked a : all) cells.add(cell(a, byModel.get(a.model)));
            Map<String, Quality> floors = new LinkedHashMap<>();
            Map<String, String> hashes = new LinkedHashMap<>();
            measures.forEach((name, m) -> {
                floors.put(name, m.floor(request.each().count()));
                hashes.put(name, m.sha256());
            });
            List<String> command = new ArrayList<>(request.command().orElse(List.of()));
            if (!command.isEmpty() && !command.contains("--seed")) command.addAll(List.of("--seed", "" + seed));
            return new Comparison(cells, request.each().count(), seed, floors, hashes, command);
        }

        private Optional<Measure> measure(String model) {
            SampleSpec spec = models.open(model)
                    .manifest()
                    .sample()
                    .orElseThrow(() -> new RefusedException(model + " says no sample in its model.json"));
            if (request.measure().equals(ComparisonRequest.NONE)) return Optional.empty();
            Optional<String> name = request.measure().equals(ComparisonRequest.AUTO)
                    ? Measure.of(models, spec.shape())
                    : Optional.of(request.measure());
            if (name.isEmpty()) return Optional.empty();
            int threads = request.each().threads().orElse(Runtime.getRuntime().availableProcessors());
            Measure m = measures.computeIfAbsent(
                    name.get(),
                    n -> open.add(Measure.open(models, onnx, n, new NetworkOptions(Device.CPU, Math.max(1, threads)))));
            if (request.each().count() < KernelDistance.FEWEST) {
                throw new RefusedException("--count " + request.each().count() + " is too few to measure: say "
                        + KernelDistance.FEWEST + " or more, some hundreds to tell samplers apart, or --measure none");
            }
            if (m.takes(spec)) return Optional.of(m);
            throw new RefusedException(m.name() + " cannot measure " + model + ", whose samples are of " + spec.shape()
                    + ": leave --measure away, or say --measure none");
        }

        /** Plans it once, so that what is refused is known, and the time left, before the first network call. */
        private Asked ask(String model, Entry entry, int steps) {
            cancellation.check();
            String label = entry.text();
            try {
                Request r = entry.on(request.each().model(model).seed(seed));
                if (steps > 0) r = r.steps(steps);
                try (Plan plan = planner.plan(r)) {
                    planned += plan.planned();
                    return new Asked(model, entry, steps, r, "", label.isEmpty() ? plan.sampler() : label);
                }
            } catch (RefusedException e) {
                return new Asked(model, entry, steps, null, e.getMessage(), label.isEmpty() ? "(its own)" : label);
            }
        }

        private Cell cell(Asked a, Optional<Measure> measure) {
            String model = models.open(a.model).name();
            if (a.request == null) return Cell.refused(model, a.sampler, a.steps, "refused: " + a.refusal);
            try {
                if (warm.add(a.model)) warmUp(a.request);
                try (Plan plan = planner.plan(a.request)) {
                    long before = System.nanoTime();
                    Result result = plan.run(this::told, cancellation);
                    double seconds = (System.nanoTime() - before) / 1e9;
                    done += result.nfe();
                    Optional<Quality> quality =
                            measure.map(m -> m.quality(result.array(), result.range(), result.classes(), cancellation));
                    int shown = Math.min(request.shown(), result.count()),
                            each = result.range().size();
                    float[] first = new float[shown * each];
                    for (int i = 0; i < shown; i++) System.arraycopy(result.sample(i), 0, first, i * each, each);
                    return new Cell(
                            model,
                            a.sampler,
                            a.steps,
                            Optional.of(new Cell.Made(
                                    result.nfePerSample(), seconds, quality, first, result.range(), result.record())),
                            "");
                }
            } catch (CancelledException e) {
                throw e;
            } catch (SampleException e) {
                return Cell.refused(model, a.sampler, a.steps, "failed: " + e.getMessage());
            }
        }

        /** One sample that is thrown away: a first run compiles and loads what the others find ready. */
        private void warmUp(Request asked) {
            try (Plan plan = planner.plan(asked.count(1))) {
                plan.run(Progress.Listener.NONE, cancellation);
            }
        }

        private void told(Progress p) {
            long nfe = done + p.nfe();
            progress.accept(new Progress(
                    nfe, Math.max(planned, nfe), p.step(), p.steps(), Duration.ofNanos(System.nanoTime() - started)));
        }
    }
}
