package io.sampler4j.runtime.run;

import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Continuous samples made of latents in one call: flows, which go back as well, and other generators. */
final class FlowKind implements Kind {
    @Override
    public String name() {
        return "flow or generator";
    }

    @Override
    public boolean serves(Manifest manifest) {
        return List.of("flow", "generator").contains(manifest.kind());
    }

    @Override
    public Set<Request.Verb> verbs() {
        return EnumSet.of(
                Request.Verb.GENERATE,
                Request.Verb.ENCODE,
                Request.Verb.DECODE,
                Request.Verb.INTERPOLATE,
                Request.Verb.INPAINT);
    }

    @Override
    public Planned plan(Request request, ModelDirectory directory, Leases leases) {
        FlowDraft draft = new FlowDraft(request, directory, leases);
        return switch (request.verb()) {
            case ENCODE -> EncodingPlan.of(draft);
            case DECODE -> DecodingPlan.of(draft);
            case INTERPOLATE -> InterpolationPlan.of(draft);
            case INPAINT -> InpaintingPlan.of(draft);
            default -> GeneratorPlan.of(draft);
        };
    }
}
