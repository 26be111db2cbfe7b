package io.sampler4j.runtime.run;

import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.onnx.NetworkOptions;
import java.util.EnumSet;
import java.util.Set;

/** Continuous samples, denoised step by step. */
final class DiffusionKind implements Kind {
    @Override
    public String name() {
        return "diffusion";
    }

    @Override
    public boolean serves(Manifest manifest) {
        return manifest.kind().equals(name());
    }

    @Override
    public Set<Request.Verb> verbs() {
        return EnumSet.of(Request.Verb.GENERATE, Request.Verb.INVERT, Request.Verb.PAIRS);
    }

    @Override
    public Planned plan(Request request, ModelDirectory directory, Leases leases) {
        DiffusionDraft draft = new DiffusionDraft(request, directory, leases.registry());
        NetworkOptions options = draft.basics.network();
        draft.finish(model(directory, options, leases), name -> {
            ModelDirectory other = leases.model(name, name(), "a guidance that asks a second network");
            return new OtherModel(other, model(other, options, leases));
        });
        return new DiffusionPlan(draft);
    }

    private static DiffusionModel model(ModelDirectory directory, NetworkOptions options, Leases leases) {
        return new DiffusionModel(directory.manifest(), leases.network(directory, "denoiser", options));
    }
}
