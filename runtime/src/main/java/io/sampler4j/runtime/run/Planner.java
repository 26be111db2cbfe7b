package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.Models;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.Closer;
import io.sampler4j.runtime.plugin.PluginHost;
import io.sampler4j.runtime.plugin.Registry;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Turns a request into a plan: finds and makes every component, checks each against the others and the model, runs the
 * sampler dry, and refuses with every reason at once. Thread-safe.
 */
public final class Planner {
    private static final List<Kind> KINDS =
            List.of(new DiffusionKind(), new FlowKind(), new CodesKind(), new CodecKind());

    private final Models models;
    private final PluginHost plugins;
    private final OnnxRuntime onnx;
    private final ProfileSource profiles;

    @Inject
    Planner(Models models, PluginHost plugins, OnnxRuntime onnx, ProfileSource profiles) {
        this.models = models;
        this.plugins = plugins;
        this.onnx = onnx;
        this.profiles = profiles;
    }

    /**
     * The plan for a request, which holds the networks and the plugins it leased until it is closed.
     *
     * @throws RefusedException if it cannot work, with every reason that could be found
     * @throws io.sampler4j.api.error.NetworkException if a network cannot be loaded or does not match its manifest
     */
    public Plan plan(Request asked) {
        return plan(asked, Supervision.NONE);
    }

    /** As {@link #plan(Request)}, with something around each of its runs. */
    public Plan plan(Request asked, Supervision supervision) {
        Closer closer = new Closer();
        return plan(asked, leases(closer), closer, supervision);
    }

    /** As {@link #plan(Request)}, with these plugins, which the caller holds for as long as the plan is open. */
    public Plan plan(Request asked, Registry plugins) {
        Closer closer = new Closer();
        return plan(asked, new Leases(models, plugins, onnx, closer), closer, Supervision.NONE);
    }

    private Plan plan(Request asked, Leases leases, Closer closer, Supervision supervision) {
        try {
            Request request = profiles.apply(asked);
            ModelDirectory directory = models.open(request.model());
            return new Plan(kind(directory, request.verb()).plan(request, directory, leases), closer, supervision);
        } catch (RuntimeException | Error e) {
            closer.close();
            throw e;
        }
    }

    private Leases leases(Closer closer) {
        return new Leases(models, closer.add(plugins.lease()).registry(), onnx, closer);
    }

    private static Kind kind(ModelDirectory directory, Request.Verb verb) {
        return KINDS.stream()
                .filter(k -> k.serves(directory.manifest()) && k.verbs().contains(verb))
                .findFirst()
                .orElseThrow(() -> new RefusedException(directory.name() + " is a model of kind "
                        + directory.manifest().kind() + ", which " + verb.word() + " does not take; it takes models of "
                        + KINDS.stream()
                                .filter(k -> k.verbs().contains(verb))
                                .map(Kind::name)
                                .collect(Collectors.joining(", "))
                        + ". `models` lists what there is"));
    }

    /**
     * The plan for a text, which holds the network, the tokenizer and the plugins it leased until it is closed.
     *
     * @throws RefusedException if it cannot work, with every reason that could be found
     * @throws io.sampler4j.api.error.NetworkException if the network cannot be loaded or does not match its manifest
     */
    public TextPlan plan(TextRequest asked) {
        return plan(asked, Supervision.NONE);
    }

    /** As {@link #plan(TextRequest)}, with something around each of its runs. */
    public TextPlan plan(TextRequest asked, Supervision supervision) {
        Closer closer = new Closer();
        return plan(asked, leases(closer), closer, supervision);
    }

    /** As {@link #plan(TextRequest)}, with these plugins, which the caller holds for as long as the plan is open. */
    public TextPlan plan(TextRequest asked, Registry plugins) {
        Closer closer = new Closer();
        return plan(asked, new Leases(models, plugins, onnx, closer), closer, Supervision.NONE);
    }

    private TextPlan plan(TextRequest asked, Leases leases, Closer closer, Supervision supervision) {
        try {
            TextRequest request = profiles.apply(asked);
            ModelDirectory directory = openTokens(request.model());
            TextDraft draft = new TextDraft(request, directory, leases);
            NetworkOptions options = new NetworkOptions(draft.device, draft.threads);
            return new TextPlan(draft, leases.network(directory, draft.role, options), closer, supervision);
        } catch (RuntimeException | Error e) {
            closer.close();
            throw e;
        }
    }

    private ModelDirectory openTokens(String name) {
        ModelDirectory directory = models.open(name);
        String kind = directory.manifest().kind();
        boolean text = directory.manifest().makesText();
        if (text) return directory;
        throw new RefusedException(directory.name()
                + (kind.equals("tokens") ? " draws the codes of pictures" : " is a model of kind " + kind)
                + ": text needs one of kind tokens without a decoder. `models` lists what there is");
    }

    /**
     * How likely a text is after a request's prompt, in bits for each of its bytes.
     *
     * @param scorer its name, or empty for the only one there is
     * @throws RefusedException if it cannot be scored
     */
    public Scores score(TextRequest request, String text, Optional<String> scorer, Cancellation cancellation) {
        ModelDirectory directory = openTokens(request.model());
        try (Closer closer = new Closer()) {
            return TextScoring.score(request, scorer, text, directory, leases(closer), cancellation);
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
        try (Closer closer = new Closer()) {
            wanted = Tokenizers.of(directory, request.control(), request.now(), leases(closer))
                    .encode(text);
        }
        try (TextPlan plan = plan(TextScoring.greedy(request, wanted.length))) {
            int[] made = plan.run(TokenEvent.Listener.NONE, cancellation).canvas(0);
            return Arrays.equals(wanted, 0, wanted.length, made, made.length - wanted.length, made.length);
        }
    }
}
