package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.runtime.plugin.Registry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A run over networks that are asked a known number of times, whose parts are filled one by one. */
abstract class PartsPlan extends Planned {
    private final Map<String, String> hashes;

    PartsPlan(FlowDraft draft, List<Integer> classes) {
        super(draft.request, draft.directory, draft.basics, draft.components.settings(), classes);
        hashes = Map.copyOf(draft.hashes);
    }

    /** Fills the samples of a part. */
    abstract void fill(FlowPart part);

    /** Network evaluations for each part. */
    abstract int evaluations();

    /** None, unless one says otherwise. */
    @Override
    Optional<? extends Registry.Made<?>> sampler() {
        return Optional.empty();
    }

    @Override
    int steps() {
        return 1;
    }

    @Override
    final OptionalInt nfe() {
        return OptionalInt.of(evaluations());
    }

    @Override
    final String way() {
        return steps() > 1 ? steps() + " steps" : evaluations() == 1 ? "one call" : evaluations() + " calls";
    }

    /** Where the path is kept for a moving picture, if it is. */
    Optional<States> frames() {
        return Optional.empty();
    }

    @Override
    final Made run(Progress.Listener progress, Cancellation cancellation) {
        return new FlowExecution(this, progress).run(cancellation);
    }

    @Override
    void describe(ObjectNode record) {
        ObjectNode inputs = record.putObject("inputs");
        hashes.keySet().stream().sorted().forEach(k -> inputs.put(k, hashes.get(k)));
    }
}
