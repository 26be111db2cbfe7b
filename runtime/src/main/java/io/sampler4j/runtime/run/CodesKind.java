package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.DecoderSpec;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.codec.Codec;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Pictures in two stages: a prior over codes, and the decoder of another model. */
final class CodesKind implements Kind {
    @Override
    public String name() {
        return "tokens with a decoder";
    }

    @Override
    public boolean serves(Manifest manifest) {
        return manifest.kind().equals("tokens") && manifest.decoder().isPresent();
    }

    @Override
    public Set<Request.Verb> verbs() {
        return EnumSet.of(Request.Verb.GENERATE);
    }

    @Override
    public Planned plan(Request request, ModelDirectory directory, Leases leases) {
        Codec codec = codec(directory, leases);
        codec.checkPrior(directory.name(), directory.manifest().tokens().orElseThrow());
        CodesDraft draft = new CodesDraft(request, directory, codec, leases.registry());
        NetworkOptions options = draft.basics.network();
        Network prior = leases.network(directory, draft.role, options);
        Optional<Network> prefill = directory.manifest().networks().containsKey("prefill")
                ? Optional.of(leases.network(directory, "prefill", options))
                : Optional.empty();
        return new CodesPlan(draft, prior, prefill, leases.network(codec.directory(), "decoder", options));
    }

    private static Codec codec(ModelDirectory directory, Leases leases) {
        DecoderSpec spec = directory.manifest().decoder().orElseThrow();
        ModelDirectory found = leases.model(spec.model(), "codec", "the second stage of " + directory.name());
        if (!found.sha256().equals(spec.sha256())) {
            throw new RefusedException(directory.name() + " was trained on the codes of a " + spec.model()
                    + " whose model.json has sha256 " + spec.sha256() + ", and the one found has " + found.sha256()
                    + ": bring that one, or say the new hash in decoder.sha256 if its codes mean the same");
        }
        return new Codec(found);
    }
}
