package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.Condition;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.diffusion.Estimator;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.stage.DiffusionScorer;
import io.sampler4j.api.stage.Score;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.model.diffusion.NetworkDenoiser;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.tensor.ArrayTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Scores under diffusion models. */
final class DiffusionScoring implements Scoring.Row {
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
        Optional<Npy> read = draft.reasons.collect(() ->
                GivenSamples.read(draft.request.inputs(), manifest.sample().orElseThrow(), GivenSamples.SLACK, hashes));
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
        work.run(cancellation);
        double[] dimensions = new double[request.count()];
        Arrays.fill(dimensions, model.elements());
        ObjectNode record = draft.record(scorer, basics, hashes);
        Record.options(record, draft.components.settings(), "model", OPTIONS);
        classes.forEach(record.putArray("classes")::add);
        record.put("count", request.count()).put("nfe", work.nfe());
        return new Scores(
                work.scores(), dimensions, "dimension", scorer.offer().name(), work.nfe(), basics.seed(), record);
    }

    /** The batch's parts, scored. */
    private static final class Work extends ScoredParts {
        private final Registry.Made<DiffusionScorer> scorer;
        private final DiffusionModel model;
        private final List<Integer> classes;

        Work(
                ScoreDraft draft,
                Registry.Made<DiffusionScorer> scorer,
                Basics basics,
                DiffusionModel model,
                List<Integer> classes,
                Npy data,
                Progress.Listener progress) {
            super(draft, scorer, basics, data, progress);
            this.scorer = scorer;
            this.model = model;
            this.classes = classes;
        }

        @Override
        DryRun dry(int samples) {
            HostDenoiser facts = new HostDenoiser(
                    (x, at, e) -> {},
                    model.open(1, new Cancellation()),
                    model,
                    () -> true,
                    new Cancellation(),
                    (n, i, x, at, e) -> {});
            return DryRun.of(scorer.component(), model.process(), facts, samples * model.elements(), samples);
        }

        @Override
        Score score(int index, Batching.Part part, ArrayTensor x, Cancellation stop) {
            try (NetworkDenoiser network = model.open(part.samples(), stop)) {
                List<Condition> given = List.of(Classes.condition(classes, part));
                Estimator own = (t, at, e) -> network.denoise(t, at, given, List.of(e));
                HostDenoiser denoiser = new HostDenoiser(
                        HostOptions.clipped(draft.components.settings(), own, x),
                        network,
                        model,
                        network::finite,
                        stop,
                        (evaluation, step, at, level, e) -> evaluated(index, step));
                TensorRun run = run(index, part, stop, finished -> denoiser.stepped(finished));
                return scorer.component().score(denoiser, model.process(), x, run);
            }
        }
    }
}
