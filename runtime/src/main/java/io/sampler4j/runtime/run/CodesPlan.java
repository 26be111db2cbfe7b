package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.model.SampleSpec;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.runtime.plugin.Registry;
import java.util.Optional;
import java.util.OptionalInt;

/** A run of a prior over codes and of the decoder behind it. */
final class CodesPlan extends Planned {
    final CodesDraft draft;
    final Network prior;
    final Optional<Network> prefill;
    final Network decoder;

    CodesPlan(CodesDraft draft, Network prior, Optional<Network> prefill, Network decoder) {
        super(draft.request, draft.directory, draft.basics, draft.components.settings(), draft.classes);
        this.draft = draft;
        this.prior = prior;
        this.prefill = prefill;
        this.decoder = decoder;
    }

    @Override
    Optional<Registry.Made<TokenSampler>> sampler() {
        return Optional.of(draft.sampler);
    }

    @Override
    int steps() {
        return draft.nfe.orElse(0);
    }

    @Override
    OptionalInt nfe() {
        return draft.nfe;
    }

    @Override
    SampleSpec sample() {
        return draft.codec.picture(draft.rows, draft.columns);
    }

    @Override
    Made run(Progress.Listener progress, Cancellation cancellation) {
        return new CodesExecution(this, progress, cancellation).run();
    }

    @Override
    void describe(ObjectNode r) {
        boolean follows = draft.sampler.component().followsGrid();
        draft.scheduler.filter(s -> follows).ifPresent(s -> Record.component(r.putObject("scheduler"), s));
        Record.model(r.putObject("decoder"), draft.codec.directory());
        Record.options(r, settings, "model", CodesDraft.MODEL);
        r.put("network", draft.role).put("cfgScale", draft.scale);
        if (follows) r.put("steps", draft.grid.steps());
        if (decodesTiles()) r.put("tiles", draft.codec.tilesAreExact() ? "exact" : "blended");
    }

    private boolean decodesTiles() {
        return draft.rows > draft.codec.rows() || draft.columns > draft.codec.columns();
    }
}
