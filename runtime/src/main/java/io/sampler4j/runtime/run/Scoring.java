package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.Models;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.Closer;
import io.sampler4j.runtime.plugin.PluginHost;
import jakarta.inject.Inject;
import java.util.List;
import java.util.stream.Collectors;

/** Scores given samples under a model: finds the row of the model's kind, which does the rest. Thread-safe. */
public final class Scoring {
    /** How samples of one kind of model are scored. A further kind is a further row. */
    interface Row {
        /** The kind in a manifest. */
        String kind();

        /** Plans and runs; what it leases is closed by the caller. */
        Scores score(ScoreDraft draft, Progress.Listener progress, Cancellation cancellation);
    }

    private static final List<Row> ROWS = List.of(new DiffusionScoring(), new FlowScoring());

    private final Models models;
    private final PluginHost plugins;
    private final OnnxRuntime onnx;

    @Inject
    Scoring(Models models, PluginHost plugins, OnnxRuntime onnx) {
        this.models = models;
        this.plugins = plugins;
        this.onnx = onnx;
    }

    /**
     * Scores the samples of a request.
     *
     * @throws RefusedException if it cannot work, with every reason that could be found
     */
    public Scores score(Request request, Progress.Listener progress, Cancellation cancellation) {
        if (request.verb() != Request.Verb.SCORE) throw new RefusedException("say what is to be scored: --input F");
        ModelDirectory directory = models.open(request.model());
        String kind = directory.manifest().kind();
        Row row = ROWS.stream()
                .filter(r -> r.kind().equals(kind))
                .findFirst()
                .orElseThrow(() -> new RefusedException(directory.name() + " is a model of kind " + kind
                        + ", which nothing scores; models of these kinds are scored: "
                        + ROWS.stream().map(Row::kind).collect(Collectors.joining(", "))));
        try (Closer closer = new Closer()) {
            Leases leases = new Leases(models, closer.add(plugins.lease()).registry(), onnx, closer);
            return row.score(new ScoreDraft(request, directory, leases), progress, cancellation);
        }
    }
}
