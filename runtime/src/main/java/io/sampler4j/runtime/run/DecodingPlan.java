package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.flow.FlowModel;
import io.sampler4j.model.flow.NetworkGenerator;
import io.sampler4j.runtime.output.Npy;
import java.util.List;
import java.util.Optional;

/** Samples of given latents. */
final class DecodingPlan extends FlowPlan {
    private final Npy latents;

    private DecodingPlan(FlowDraft draft, FlowModel model, Npy latents) {
        super(draft, model, List.of());
        this.latents = latents;
    }

    static DecodingPlan of(FlowDraft draft) {
        draft.components.route(draft.request.settings());
        Optional<Npy> latents = draft.reasons.collect(() -> read(draft));
        draft.spread(latents.map(z -> z.shape()[0]).orElse(1));
        FlowModel model = draft.model(List.of(FlowModel.GENERATOR));
        if (model.takesClass()) {
            throw new RefusedException(draft.directory.name()
                    + " makes its samples of a latent and a class, and a file " + "of latents holds no class");
        }
        return new DecodingPlan(draft, model, latents.orElseThrow());
    }

    private static Npy read(FlowDraft draft) {
        Npy npy = Npy.read(draft.request.inputs().get(0));
        int count = npy.shape().length == 0 ? 0 : npy.shape()[0];
        npy.requireShape(
                "the latents, [n, ...],",
                Inputs.batch(count, draft.manifest.latent().orElseThrow().shape()));
        if (count == 0) throw new RefusedException(draft.request.inputs().get(0) + " holds no latent");
        GivenSamples.hash(draft.request.inputs(), draft.hashes);
        return npy;
    }

    @Override
    boolean draws() {
        return false;
    }

    @Override
    int evaluations() {
        return 1;
    }

    @Override
    void fill(FlowPart part) {
        try (NetworkGenerator generator = model.generator(part.samples(), new int[0], part.stop(), part.called())) {
            generator.generate(part.slice(latents), part.x());
        }
    }
}
