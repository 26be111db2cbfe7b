package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.api.stage.FlowScorer;
import io.sampler4j.api.stage.Score;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.flow.FlowModel;
import io.sampler4j.model.flow.NetworkFlow;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.output.Npy;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.tensor.ArrayTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Scores under flows. */
final class FlowScoring implements Scoring.Row {
    @Override
    public String kind() {
        return "flow";
    }

    @Override
    public Scores score(ScoreDraft draft, Progress.Listener progress, Cancellation cancellation) {
        Manifest manifest = draft.directory.manifest();
        Map<String, String> hashes = new LinkedHashMap<>();
        Optional<Npy> data = draft.reasons.collect(() ->
                GivenSamples.read(draft.request.inputs(), manifest.sample().orElseThrow(), FlowDraft.SLACK, hashes));
        Classes.of(draft.request, draft.directory, draft.reasons);
        Optional<Registry.Made<LatentDistribution>> latents = FlowDraft.latents(manifest, draft.components);
        Registry.Made<FlowScorer> scorer = draft.scorer(FlowScorer.class, List.of(), Map.of());
        Request request = draft.request.count(data.orElseThrow().shape()[0]);
        Basics basics = new Basics(request, draft.reasons);
        draft.reasons.settle();
        basics.spread(false);
        basics.chooseSeed();
        draft.reasons.settle();
        FlowModel model =
                FlowDraft.model(draft.directory, draft.leases, basics, List.of(FlowModel.GENERATOR, FlowModel.ENCODER));
        model.requireEncoder();
        Work work = new Work(draft, scorer, latents.orElseThrow(), basics, model, data.get(), progress);
        work.run(cancellation);
        double[] dimensions = new double[request.count()];
        Arrays.fill(dimensions, model.sample().size());
        ObjectNode record = draft.record(scorer, basics, hashes);
        Record.component(record.putObject("latent"), latents.get());
        record.put("count", request.count()).put("nfe", work.nfe());
        return new Scores(
                work.scores(), dimensions, "dimension", scorer.offer().name(), work.nfe(), basics.seed(), record);
    }

    /** The batch's parts, scored. */
    private static final class Work extends ScoredParts {
        private final Registry.Made<FlowScorer> scorer;
        private final LatentDistribution latents;
        private final FlowModel model;

        Work(
                ScoreDraft draft,
                Registry.Made<FlowScorer> scorer,
                Registry.Made<LatentDistribution> latents,
                Basics basics,
                FlowModel model,
                Npy data,
                Progress.Listener progress) {
            super(draft, scorer, basics, data, progress);
            this.scorer = scorer;
            this.latents = latents.component();
            this.model = model;
        }

        @Override
        DryRun dry(int samples) {
            return DryRun.of(scorer.component(), latents, model, samples);
        }

        @Override
        Score score(int index, Batching.Part part, ArrayTensor x, Cancellation stop) {
            AtomicInteger finished = new AtomicInteger();
            try (NetworkFlow flow = model.flow(part.samples(), stop, () -> evaluated(index, finished.get()))) {
                return scorer.component().score(flow, latents, x, run(index, part, stop, finished::set));
            }
        }
    }
}
