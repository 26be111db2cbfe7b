package io.sampler4j.runtime.run;

import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import io.sampler4j.model.Manifest;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.TokensSpec;
import io.sampler4j.model.tokens.TokenModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Device;
import io.sampler4j.runtime.plugin.Registry;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The plan of a run over tokens in the making. Confined to one thread. */
final class TextDraft {
    /** Texts in one call. */
    private static final int BATCH = 16;

    static final Option<List<Integer>> SUPPRESS =
            Option.wholes("suppress", List.of(), 0, Integer.MAX_VALUE, "ids never answered");
    static final Option<List<Integer>> BEGIN_SUPPRESS = Option.wholes(
            "begin-suppress", List.of(), 0, Integer.MAX_VALUE, "ids never answered at the first open position");
    static final Option<Boolean> PAD = Option.flag(
            "pad",
            false,
            "texts of unlike lengths share a call, filled up; their last digits then depend on one another");
    static final List<Option<?>> MODEL = List.of(SUPPRESS, BEGIN_SUPPRESS, PAD);

    final TextRequest request;
    final ModelDirectory directory;
    final TokenModel model;
    final Tokenizer tokenizer;
    final LocalDateTime now;
    final Components components;
    final Device device;
    final int threads;
    final int batch;
    final double scale;
    final Registry.Made<TokenSampler> sampler;
    final Optional<Registry.Made<TokenScheduler>> scheduler;
    final TokenGrid grid;
    final List<HostCanvas.Saved> canvases;
    final long seed;
    final String role;
    private final Reasons reasons = new Reasons();

    TextDraft(TextRequest request, ModelDirectory directory, Leases leases) {
        this.request = request;
        this.directory = directory;
        Manifest manifest = directory.manifest();
        components = new Components(leases.registry(), manifest, reasons);
        device = reasons.collect(() -> Device.parse(request.device())).orElse(null);
        threads = request.threads().orElse(Runtime.getRuntime().availableProcessors());
        reasons.unless(threads >= 1, "--threads must be 1 or more");
        batch = request.batch().orElse(BATCH);
        reasons.unless(batch >= 1, "--batch must be 1 or more, got %d", batch);
        TokenParts parts = new TokenParts(request, directory, components, reasons);
        scale = parts.scale();
        TokensSpec said = new TokenModel(manifest).tokens();
        components.declare(
                "model",
                MODEL,
                Map.of(
                        SUPPRESS.name(),
                        SUPPRESS.print(said.suppress()),
                        BEGIN_SUPPRESS.name(),
                        BEGIN_SUPPRESS.print(said.beginSuppress())));
        components.route(request.settings());
        parts.make();
        sampler = parts.sampler();
        scheduler = parts.scheduler();
        components.check("model", MODEL);
        reasons.settle();
        TokensSpec tokens = said.suppressing(
                components.settings().get("model", SUPPRESS),
                components.settings().get("model", BEGIN_SUPPRESS));
        model = new TokenModel(manifest, tokens);
        boolean pads = components.settings().get("model", PAD);
        reasons.unless(
                !pads || tokens.padding().equals("masked"),
                "%s was not exported with an attention mask (tokens.padding is %s), so unlike lengths cannot be filled up:"
                        + " leave model.pad away",
                directory.name(),
                tokens.padding());
        now = request.now();
        tokenizer = Tokenizers.of(directory, request.control(), now, leases);
        int known = Math.max(tokens.vocabulary(), tokens.mask().orElse(-1) + 1);
        reasons.unless(
                tokenizer.vocabulary() <= known,
                "the tokenizer has %d ids, and the network of %s answers about %d: they do not belong together",
                tokenizer.vocabulary(),
                directory.name(),
                tokens.vocabulary());
        reasons.settle();
        Optional<Canvases.Resumed> resumed = request.resume().map(f -> Canvases.read(f, directory.sha256(), tokens));
        canvases = resumed.map(Canvases.Resumed::canvases).orElseGet(() -> fresh(tokens));
        for (int k = 0; k < canvases.size(); k++) checkLength(k, canvases.get(k), tokens);
        seed = request.seed()
                .orElseGet(() -> resumed.map(Canvases.Resumed::seed)
                        .orElseGet(() -> (long) ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE)));
        reasons.settle();
        int open = 0;
        for (boolean o : canvases.get(0).open()) if (o) open++;
        grid = parts.grid(model, open);
        role = parts.role(model, scale);
        for (HostCanvas.Saved c : canvases) parts.check(model, scale, grid, canvas(c));
        reasons.settle();
    }

    private HostCanvas canvas(HostCanvas.Saved start) {
        return new HostCanvas(
                0,
                0,
                model.tokens().mask().orElse(-1),
                start,
                TokenEvent.Listener.NONE,
                tokenizer.stream(),
                new Cancellation());
    }

    private List<HostCanvas.Saved> fresh(TokensSpec tokens) {
        if (request.infill().isPresent()) {
            reasons.unless(
                    request.length().isEmpty(), "the holes of --infill say how many tokens: leave --length away");
            return reasons.collect(
                            () -> List.of(Canvases.infilled(request.infill().get(), tokens, tokenizer)))
                    .orElse(List.of());
        }
        reasons.unless(
                !request.prompts().isEmpty() || !request.chats().isEmpty(),
                "there is no prompt: say one, or a file with one in each line");
        reasons.unless(
                request.length().isEmpty() || request.length().getAsInt() >= 1,
                "--length must be 1 or more, got %s",
                request.length().isPresent() ? request.length().getAsInt() : "");
        List<HostCanvas.Saved> all = new ArrayList<>();
        for (String prompt : request.prompts()) all.add(started(tokenizer.encode(prompt), tokens));
        for (List<Tokenizer.Message> chat : request.chats()) {
            reasons.unless(!chat.isEmpty(), "a conversation has no message: say at least what the user asks");
            if (!chat.isEmpty()) all.add(started(tokenizer.chat(chat), tokens));
        }
        return all;
    }

    private HostCanvas.Saved started(int[] given, TokensSpec tokens) {
        int room = Math.max(1, Math.min(TextRequest.LENGTH, tokens.length() - Canvases.begun(given, tokens).length));
        return Canvases.prompted(given, Math.max(1, request.length().orElse(room)), tokens);
    }

    private void checkLength(int k, HostCanvas.Saved canvas, TokensSpec tokens) {
        int open = 0;
        for (boolean o : canvas.open()) if (o) open++;
        reasons.unless(
                canvas.ids().length <= tokens.length(),
                "text %d has %d tokens given and %d to be made, and the context of %s is %d: shorten it, or say a smaller"
                        + " --length",
                k,
                canvas.ids().length - open,
                open,
                directory.name(),
                tokens.length());
        for (int id : canvas.ids()) {
            if (id >= tokens.vocabulary() && id != tokens.mask().orElse(-1)) {
                reasons.unless(
                        false,
                        "text %d has the id %d, and the network of %s knows %d: the tokenizer is another model's",
                        k,
                        id,
                        directory.name(),
                        tokens.vocabulary());
                return;
            }
        }
    }
}
