package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.Condition;
import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.error.PluginException;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.error.SampleException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.stage.DiffusionScorer;
import io.sampler4j.api.stage.Score;
import io.sampler4j.model.Hashes;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.model.diffusion.NetworkDenoiser;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.output.Png;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.tensor.ArrayTensor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Scores under diffusion models. */
final class DiffusionScoring implements Scoring.Row {
    /** What is farther outside of the range than this share of it was meant in other units, such as 0 to 255. */
    private static final double SLACK = 0.1;

    private static final List<Option<?>> OPTIONS =
            List.of(HostOptions.CLIP, HostOptions.THRESHOLD, HostOptions.REDERIVE);

    @Override
    public String kind() {
        return "diffusion";
    }

    @Override
    public Scores score(ScoreDraft draft, Progress.Listener progress, Cancellation cancellation) {
        Manifest manifest = draft.directory.manifest();
        Map<String, String> hashes = new LinkedHashMap<>();
        Optional<Npy> read = draft.reasons.collect(
                () -> data(draft.request.scored(), manifest.sample().orElseThrow(), hashes));
        List<Integer> classes = Classes.of(draft.request, draft.directory, draft.reasons);
        Registry.Made<DiffusionScorer> scorer =
                draft.scorer(DiffusionScorer.class, OPTIONS, HostOptions.defaults(manifest));
        Npy data = read.orElseThrow();
        Request request = draft.request.count(data.shape()[0]);
        Basics basics = new Basics(request, draft.reasons);
        draft.reasons.settle();
        basics.spread(scorer.component().needs().isOnePerRun());
        basics.chooseSeed();
        draft.reasons.settle();
        DiffusionModel model =
                new DiffusionModel(manifest, draft.leases.network(draft.directory, "denoiser", basics.network()));
        Work work = new Work(draft, scorer, basics, model, classes, data, progress);
        work.plan();
        SideBySide.run(basics.batching(), cancellation, work);
        double[] dimensions = new double[request.count()];
        Arrays.fill(dimensions, model.elements());
        ObjectNode record = draft.record(scorer, basics, hashes);
        Record.options(record, draft.components.settings(), "model", OPTIONS);
        classes.forEach(record.putArray("classes")::add);
        record.put("count", request.count()).put("nfe", work.nfe);
        return new Scores(work.scores, dimensions, "dimension", scorer.offer().name(), work.nfe, basics.seed(), record);
    }

    private static Npy data(List<Path> files, SampleSpec sample, Map<String, String> hashes) {
        int each = sample.size();
        int[] shape = new int[sample.shape().size() + 1];
        for (int i = 1; i < shape.length; i++) shape[i] = sample.shape().get(i - 1);
        boolean pictures = files.stream().allMatch(DiffusionScoring::isPng);
        if (!pictures && files.size() != 1) {
            throw new RefusedException("samples to score are pngs, or one npy of shape [n, ...]; got " + files);
        }
        float[] values;
        if (pictures) {
            if (shape.length != 4)
                throw new RefusedException("samples of " + sample.shape() + " are no pictures: give an npy");
            values = new float[files.size() * each];
            for (int i = 0; i < files.size(); i++) {
                float[] one = Png.read(files.get(i), shape[1], shape[2], shape[3], sample.low(), sample.high());
                System.arraycopy(one, 0, values, i * each, each);
            }
            shape[0] = files.size();
        } else {
            Npy npy = Npy.read(files.get(0));
            shape[0] = npy.shape().length == 0 ? 0 : npy.shape()[0];
            npy.requireShape("the samples to score, [n, ...],", shape);
            if (shape[0] == 0) throw new RefusedException(files.get(0) + " holds no sample to score");
            values = npy.values();
        }
        double slack = SLACK * (sample.high() - sample.low());
        for (int i = 0; i < values.length; i++) {
            if (values[i] < sample.low() - slack || values[i] > sample.high() + slack) {
                throw new RefusedException(String.format(
                        Locale.ROOT,
                        "the samples to score hold %s at element %d (row-major), and this model's are from %s to %s: "
                                + "scale them",
                        values[i],
                        i,
                        sample.low(),
                        sample.high()));
            }
        }
        for (int i = 0; i < files.size(); i++) {
            hashes.put(files.size() == 1 ? Inputs.DATA : Inputs.DATA + "-" + i, Hashes.of(files.get(i)));
        }
        return new Npy(shape, values);
    }

    private static boolean isPng(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".png");
    }

    /** The batch's parts, scored. */
    private static final class Work implements SideBySide.Work {
        private final ScoreDraft draft;
        private final Registry.Made<DiffusionScorer> scorer;
        private final Basics basics;
        private final DiffusionModel model;
        private final List<Integer> classes;
        private final Npy data;
        private final Progress.Listener progress;
        private final Score[] scores;
        private final int[] stepsDone;
        private final long started = System.nanoTime();
        private long planned;
        private int steps;
        private long nfe;

        Work(
                ScoreDraft draft,
                Registry.Made<DiffusionScorer> scorer,
                Basics basics,
                DiffusionModel model,
                List<Integer> classes,
                Npy data,
                Progress.Listener progress) {
            this.draft = draft;
            this.scorer = scorer;
            this.basics = basics;
            this.model = model;
            this.classes = classes;
            this.data = data;
            this.progress = progress;
            scores = new Score[basics.batching().parts().size()];
            stepsDone = new int[scores.length];
        }

        /** The scorer without data: what it costs, and whether it can score this model at all. */
        void plan() {
            HostDenoiser facts = new HostDenoiser(
                    (x, at, e) -> {},
                    model.open(1, new Cancellation()),
                    model,
                    () -> true,
                    new Cancellation(),
                    (n, i, x, at, e) -> {});
            int samples = basics.batching().parts().get(0).samples();
            DryRun dry = Reasons.guarded(
                    () -> DryRun.of(scorer.component(), model.process(), facts, samples * model.elements(), samples));
            dry.problems()
                    .forEach(p -> draft.reasons.unless(
                            false, "%s cannot score here: %s", scorer.offer().name(), p));
            draft.reasons.settle();
            planned = (long) dry.evaluations() * scores.length;
            steps = dry.steps();
        }

        @Override
        public void part(int index, Batching.Part part, Cancellation stop) {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(scorer.component().getClass().getClassLoader());
            try (NetworkDenoiser network = model.open(part.samples(), stop)) {
                ArrayTensor x = ArrayTensor.zeros(part.samples(), model.elements());
                Inputs.slice(data, part, x.values());
                List<Condition> given = List.of(Classes.condition(classes, part));
                Estimator own = (t, at, e) -> network.denoise(t, at, given, List.of(e));
                HostDenoiser denoiser = new HostDenoiser(
                        HostOptions.clipped(draft.components.settings(), own, x),
                        network,
                        model,
                        network::finite,
                        stop,
                        (evaluation, step, at, level, e) -> told(index, step, true));
                scores[index] =
                        scorer.component().score(denoiser, model.process(), x, run(index, part, denoiser, stop));
            } catch (SampleException e) {
                throw e;
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                throw new PluginException(
                        "the scorer " + scorer.offer().name() + " of "
                                + scorer.plugin().file() + " failed: " + e,
                        e);
            } finally {
                thread.setContextClassLoader(before);
            }
        }

        private TensorRun run(int index, Batching.Part part, HostDenoiser denoiser, Cancellation stop) {
            int count = data.shape()[0];
            Noise noise = draft.request.seedMode().equals("batch")
                    ? HostNoise.overBatch(basics.rng(), basics.seed(), count, null)
                    : HostNoise.perSample(basics.rng(), basics.seed(), part.first(), part.samples(), count, null);
            return new TensorRun() {
                @Override
                public Noise noise() {
                    return noise;
                }

                @Override
                public void step(int i, Tensor x) {
                    denoiser.stepped(i + 1);
                    told(index, i + 1, false);
                    stop.check();
                }
            };
        }

        private synchronized void told(int part, int step, boolean evaluated) {
            if (evaluated) nfe++;
            stepsDone[part] = Math.max(stepsDone[part], step);
            int slowest = Arrays.stream(stepsDone).min().orElseThrow();
            progress.accept(new Progress(nfe, planned, slowest, steps, Duration.ofNanos(System.nanoTime() - started)));
        }
    }
}
