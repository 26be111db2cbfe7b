package io.sampler4j.runtime.run;

import io.sampler4j.model.SampleSpec;
import io.sampler4j.model.flow.FlowModel;
import io.sampler4j.model.flow.NetworkFlow;
import io.sampler4j.runtime.output.Npy;
import java.util.List;
import java.util.Optional;

/** Latents of given samples. */
final class EncodingPlan extends FlowPlan {
    private final Npy data;

    private EncodingPlan(FlowDraft draft, FlowModel model, Npy data) {
        super(draft, model, List.of());
        this.data = data;
    }

    static EncodingPlan of(FlowDraft draft) {
        draft.components.route(draft.request.settings());
        Optional<Npy> data = draft.reasons.collect(
                () -> GivenSamples.read(draft.request.inputs(), draft.sample(), FlowDraft.SLACK, draft.hashes));
        draft.spread(data.map(d -> d.shape()[0]).orElse(1));
        FlowModel model = draft.model(FlowModel.roles(draft.manifest));
        model.requireEncoder();
        return new EncodingPlan(draft, model, data.orElseThrow());
    }

    @Override
    String product() {
        return "latent";
    }

    @Override
    boolean draws() {
        return false;
    }

    @Override
    int evaluations() {
        return 1;
    }

    /** Latents have no black and white: what is far out is as good as what is in the middle. */
    @Override
    SampleSpec sample() {
        return new SampleSpec(model.latent().shape(), Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    @Override
    void fill(FlowPart part) {
        try (NetworkFlow flow = model.flow(part.samples(), part.stop(), part.called())) {
            flow.encode(part.slice(data), part.x(), new double[part.samples()]);
        }
    }
}
