package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.Noise;
import io.sampler4j.api.Tensor;
import io.sampler4j.api.TensorRun;
import io.sampler4j.api.generator.FlowEditor;
import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.model.flow.FlowModel;
import io.sampler4j.model.flow.NetworkDifferentiableFlow;
import io.sampler4j.runtime.plugin.Registry;
import io.sampler4j.tensor.ArrayTensor;
import java.util.List;
import java.util.Optional;

/** Part of a picture made new by a flow editor: it starts from noise over the whole range, the host's only draw. */
final class InpaintingPlan extends FlowPlan {
    private final Registry.Made<FlowEditor> editor;
    private final Registry.Made<LatentDistribution> latents;
    private final Inputs inputs;
    private final DryRun dry;

    private InpaintingPlan(
            FlowDraft draft,
            FlowModel model,
            Registry.Made<FlowEditor> editor,
            Registry.Made<LatentDistribution> latents,
            Inputs inputs,
            DryRun dry) {
        super(draft, model, List.of());
        this.editor = editor;
        this.latents = latents;
        this.inputs = inputs;
        this.dry = dry;
    }

    static InpaintingPlan of(FlowDraft draft) {
        Optional<String> name = draft.request.sampler().or(() -> draft.components.only(FlowEditor.class, "--sampler"));
        // What the manifest gives a sampler is meant for its own, which no editor is.
        draft.components.declare("sampler", FlowEditor.class, name, Optional.empty());
        Optional<Registry.Made<LatentDistribution>> latents = draft.latents();
        draft.components.route(draft.request.settings());
        Optional<Registry.Made<FlowEditor>> editor = draft.components.make("sampler", FlowEditor.class, name);
        Inputs inputs = Inputs.read(draft.request, draft.sample(), draft.reasons);
        draft.hashes.putAll(inputs.hashes());
        draft.spread(draft.request.count());
        FlowModel model = draft.model(FlowModel.roles(draft.manifest));
        model.requireGradient();
        int samples = draft.basics.batching().parts().get(0).samples();
        DryRun dry = Reasons.guarded(() -> DryRun.of(
                editor.orElseThrow().component(), latents.orElseThrow().component(), model, samples, draft.reasons));
        dry.problems().forEach(p -> draft.reasons.unless(false, "%s cannot run here: %s", name.orElse(""), p));
        draft.basics.chooseSeed();
        draft.reasons.settle();
        return new InpaintingPlan(draft, model, editor.orElseThrow(), latents.orElseThrow(), inputs, dry);
    }

    @Override
    Optional<Registry.Made<FlowEditor>> sampler() {
        return Optional.of(editor);
    }

    @Override
    int steps() {
        return dry.steps();
    }

    @Override
    int evaluations() {
        return dry.evaluations();
    }

    @Override
    Optional<States> frames() {
        return request.frames() == Request.Frames.NONE
                ? Optional.empty()
                : Optional.of(States.few(steps(), request.count(), sample().shape()));
    }

    @Override
    void fill(FlowPart part) {
        ArrayTensor x = part.x();
        KnownRegion known = new KnownRegion(
                part.slice(inputs.picture().orElseThrow()),
                part.slice(inputs.mask().orElseThrow()));
        part.noise().uniform(x);
        float low = (float) sample().low(), width = (float) (sample().high() - sample().low());
        for (int k = 0; k < x.size(); k++) x.values()[k] = low + width * x.values()[k];
        known.hold(x);
        part.keep(0, x);
        try (NetworkDifferentiableFlow flow = model.differentiable(part.samples(), part.stop(), part.called())) {
            editor.component().sample(flow, latents.component(), x, holding(known, part));
        }
    }

    /** The part as a run that puts the known back before it tells of a step. */
    private static TensorRun holding(KnownRegion known, FlowPart part) {
        return new TensorRun() {
            @Override
            public Noise noise() {
                return part.noise();
            }

            @Override
            public void step(int i, Tensor state) {
                known.hold(state);
                part.step(i, state);
            }
        };
    }

    @Override
    void describe(ObjectNode record) {
        Record.component(record.putObject("latent"), latents);
        super.describe(record);
        record.put("steps", dry.steps()).put("draws", dry.draws() + 1);
    }
}
