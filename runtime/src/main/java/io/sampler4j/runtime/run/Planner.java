package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.Models;
import io.sampler4j.model.diffusion.DiffusionModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.Closer;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.plugin.Registry;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.Optional;

/**
 * Turns a request into a plan: finds and makes every component, checks each against the others and the model, runs the
 * sampler dry, and refuses with every reason at once. Thread-safe.
 */
public final class Planner {
    private final Models models;
    private final PluginHost plugins;
    private final OnnxRuntime onnx;

    @Inject
    Planner(Models models, PluginHost plugins, OnnxRuntime onnx) {
        this.models = models;
        this.plugins = plugins;
        this.onnx = onnx;
    }

    /**
     * The plan for a request, which holds the networks and the plugins it leased until it is closed.
     *
     * @throws RefusedException if it cannot work, with every reason that could be found
     * @throws io.sampler4j.api.error.NetworkException if a network cannot be loaded or does not match its manifest
     */
    public Plan plan(Request request) {
        ModelDirectory directory = open(request.model());
        Closer leases = new Closer();
        try {
            Registry registry = leases.add(plugins.lease()).registry();
            DiffusionDraft draft = new DiffusionDraft(request, directory, registry);
            draft.finish(lease(directory, draft.network(), leases), name -> {
                ModelDirectory other = open(name);
                return new OtherModel(other, lease(other, draft.network(), leases));
            });
            return new Plan(draft, leases);
        } catch (RuntimeException | Error e) {
            leases.close();
            throw e;
        }
    }

    /**
     * The plan for a text, which holds the network, the tokenizer and the plugins it leased until it is closed.
     *
     * @throws RefusedException if it cannot work, with every reason that could be found
     * @throws io.sampler4j.api.error.NetworkException if the network cannot be loaded or does not match its manifest
     */
    public TextPlan plan(TextRequest request) {
        ModelDirectory directory = openTokens(request.model());
        Closer leases = new Closer();
        try {
            Registry registry = leases.add(plugins.lease()).registry();
            TextDraft draft = new TextDraft(request, directory, registry, leases);
            NetworkOptions options = new NetworkOptions(draft.device, draft.threads);
            return new TextPlan(draft, leases.add(directory.lease(onnx, draft.role, options)), leases);
        } catch (RuntimeException | Error e) {
            leases.close();
            throw e;
        }
    }

    private ModelDirectory openTokens(String name) {
        ModelDirectory directory = models.open(name);
        String kind = directory.manifest().kind();
        if (kind.equals("tokens")) return directory;
        throw new RefusedException(directory.name() + " is a model of kind " + kind
                + ": text needs one of kind tokens. `models` lists what there is");
    }

    /**
     * How likely a text is after a request's prompt, in bits for each of its bytes.
     *
     * @param scorer its name, or empty for the only one there is
     * @throws RefusedException if it cannot be scored
     */
    public Scores score(TextRequest request, String text, Optional<String> scorer, Cancellation cancellation) {
        ModelDirectory directory = openTokens(request.model());
        try (Closer leases = new Closer()) {
            Registry registry = leases.add(plugins.lease()).registry();
            return new TextScoring(onnx).score(request, scorer, text, directory, registry, leases, cancellation);
        }
    }

    /**
     * Whether filling in one token a step, the surest first, makes this very text after the request's prompt.
     *
     * @throws RefusedException if it cannot be run
     */
    public boolean predicts(TextRequest request, String text, Cancellation cancellation) {
        ModelDirectory directory = openTokens(request.model());
        int[] wanted;
        try (Closer leases = new Closer()) {
            Registry registry = leases.add(plugins.lease()).registry();
            wanted = Tokenizers.of(directory, registry, request.control(), request.now(), leases)
                    .encode(text);
        }
        try (TextPlan plan = plan(TextScoring.greedy(request, wanted.length))) {
            int[] made = plan.run(TokenEvent.Listener.NONE, cancellation).canvas(0);
            return Arrays.equals(wanted, 0, wanted.length, made, made.length - wanted.length, made.length);
        }
    }

    private ModelDirectory open(String name) {
        ModelDirectory directory = models.open(name);
        String kind = directory.manifest().kind();
        if (kind.equals("diffusion")) return directory;
        throw new RefusedException(directory.name() + " is a model of kind " + kind
                + ": a diffusion sampler needs one of kind diffusion. `models` lists what there is");
    }

    private DiffusionModel lease(ModelDirectory directory, NetworkOptions options, Closer leases) {
        Network network = leases.add(directory.lease(onnx, "denoiser", options));
        return new DiffusionModel(directory.manifest(), network);
    }
}
