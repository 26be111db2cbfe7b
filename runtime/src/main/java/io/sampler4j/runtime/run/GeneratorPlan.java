package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.generator.GeneratorSampler;
import io.sampler4j.api.generator.LatentDistribution;
import io.sampler4j.model.flow.FlowModel;
import io.sampler4j.model.flow.NetworkGenerator;
import io.sampler4j.runtime.plugin.Registry;
import java.util.List;
import java.util.Optional;

/** Samples of drawn latents. */
final class GeneratorPlan extends FlowPlan {
    private final Registry.Made<GeneratorSampler> sampler;
    private final Registry.Made<LatentDistribution> latents;
    private final DryRun dry;

    private GeneratorPlan(
            FlowDraft draft,
            FlowModel model,
            List<Integer> classes,
            Registry.Made<GeneratorSampler> sampler,
            Registry.Made<LatentDistribution> latents,
            DryRun dry) {
        super(draft, model, classes);
        this.sampler = sampler;
        this.latents = latents;
        this.dry = dry;
    }

    static GeneratorPlan of(FlowDraft draft) {
        Optional<String> own = draft.manifest.defaults().sampler();
        Optional<String> name = draft.request.sampler().or(() -> own);
        draft.reasons.unless(
                name.isPresent(),
                "%s names no sampler of its own: say --sampler; there are %s",
                draft.directory.name(),
                draft.components.names(GeneratorSampler.class));
        List<Integer> classes = Classes.of(draft.request, draft.directory, draft.reasons);
        draft.components.declare("sampler", GeneratorSampler.class, name, own);
        Optional<Registry.Made<LatentDistribution>> latents = draft.latents();
        draft.components.route(draft.request.settings());
        Optional<Registry.Made<GeneratorSampler>> sampler =
                draft.components.make("sampler", GeneratorSampler.class, name);
        draft.spread(draft.request.count());
        FlowModel model = draft.model(List.of(FlowModel.GENERATOR));
        int samples = draft.basics.batching().parts().get(0).samples();
        DryRun dry = Reasons.guarded(() -> DryRun.of(
                sampler.orElseThrow().component(), latents.orElseThrow().component(), model, samples, draft.reasons));
        dry.problems().forEach(p -> draft.reasons.unless(false, "%s cannot run here: %s", name.orElse(""), p));
        draft.basics.chooseSeed();
        draft.reasons.settle();
        return new GeneratorPlan(draft, model, classes, sampler.orElseThrow(), latents.orElseThrow(), dry);
    }

    @Override
    Optional<Registry.Made<GeneratorSampler>> sampler() {
        return Optional.of(sampler);
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
    void fill(FlowPart part) {
        int[] each = new int[part.samples()];
        if (!classes.isEmpty()) {
            for (int i = 0; i < each.length; i++)
                each[i] = classes.get((part.range().first() + i) % classes.size());
        }
        try (NetworkGenerator generator = model.generator(part.samples(), each, part.stop(), part.called())) {
            sampler.component().sample(generator, latents.component(), part.x(), part);
        }
    }

    @Override
    void describe(ObjectNode record) {
        Record.component(record.putObject("latent"), latents);
        super.describe(record);
        record.put("steps", dry.steps()).put("draws", dry.draws());
    }
}
