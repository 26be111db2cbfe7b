package io.sampler4j.runtime.run;

import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import java.util.EnumSet;
import java.util.Set;

/** Pictures to codes and back. */
final class CodecKind implements Kind {
    @Override
    public String name() {
        return "codec";
    }

    @Override
    public boolean serves(Manifest manifest) {
        return manifest.kind().equals(name());
    }

    @Override
    public Set<Request.Verb> verbs() {
        return EnumSet.of(Request.Verb.ENCODE, Request.Verb.DECODE, Request.Verb.RECONSTRUCT);
    }

    @Override
    public Planned plan(Request request, ModelDirectory directory, Leases leases) {
        FlowDraft draft = new FlowDraft(request, directory, leases);
        return request.verb() == Request.Verb.DECODE
                ? CodecPlan.ofCodes(draft, leases)
                : CodecPlan.ofPictures(draft, leases);
    }
}
