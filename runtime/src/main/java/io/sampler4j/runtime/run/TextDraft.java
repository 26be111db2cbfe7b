package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Option;
import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.api.token.Canvas;
import io.sampler4j.api.token.Query;
import io.sampler4j.api.token.Rows;
import io.sampler4j.api.token.TokenDenoiser;
import io.sampler4j.api.token.TokenGrid;
import io.sampler4j.api.token.TokenSampler;
import io.sampler4j.api.token.TokenScheduler;
import io.sampler4j.api.token.Vocabulary;
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
import java.util.OptionalInt;
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
    final Registry.Made<TokenScheduler> scheduler;
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
        scale = request.cfgScale().orElse(manifest.defaults().cfgScale().orElse(1));
        reasons.unless(Double.isFinite(scale), "--cfg-scale must be a finite number, got %s", scale);
        Optional<String> samplerName = named(
                "sampler",
                TokenSampler.class,
                request.sampler().or(() -> manifest.defaults().sampler()));
        Optional<String> curveName = named(
                "scheduler",
                TokenScheduler.class,
                request.scheduler().or(() -> manifest.defaults().scheduler()));
        components.declare(
                "sampler", TokenSampler.class, samplerName, manifest.defaults().sampler());
        components.declare("scheduler", TokenScheduler.class, curveName);
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
        sampler = components.make("sampler", TokenSampler.class, samplerName).orElse(null);
        scheduler =
                components.make("scheduler", TokenScheduler.class, curveName).orElse(null);
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
        grid = grid(manifest);
        Query asks = Reasons.guarded(() -> sampler.component().asks());
        Optional<String> found = model.role(asks, scale != 1);
        reasons.unless(
                found.isPresent(),
                "no network of %s answers what %s asks with these options (%s): export it with logits",
                directory.name(),
                sampler.offer().name(),
                scale == 1 ? "its heads are reduced" : "guidance needs logits");
        reasons.settle();
        role = found.orElseThrow();
        for (HostCanvas.Saved c : canvases) checkSampler(c);
        reasons.settle();
    }

    private Optional<String> named(String component, Class<?> kind, Optional<String> name) {
        reasons.unless(
                name.isPresent(),
                "%s names no %s of its own: say --%s; there are %s",
                directory.name(),
                component,
                component,
                components.names(kind));
        return name;
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

    private TokenGrid grid(Manifest manifest) {
        TokenSampler s = sampler.component();
        if (!s.followsGrid()) {
            reasons.unless(
                    request.scheduler().isEmpty() && request.steps().isEmpty(),
                    "%s chooses its own steps with these options: leave --scheduler and --steps away",
                    sampler.offer().name());
        }
        OptionalInt steps = request.steps().isPresent()
                ? request.steps()
                : manifest.defaults().steps();
        if (steps.isEmpty() && s.followsGrid()) {
            throw new RefusedException(directory.name() + " names no number of steps of its own: say --steps");
        }
        int n = steps.orElse(1);
        reasons.unless(n >= 1, "--steps must be 1 or more, got %d", n);
        reasons.settle();
        int open = 0;
        for (boolean o : canvases.get(0).open()) if (o) open++;
        int most = open;
        return Reasons.guarded(() -> scheduler.component().grid(model.process(most), n));
    }

    private void checkSampler(HostCanvas.Saved start) {
        HostCanvas canvas = new HostCanvas(
                0,
                0,
                model.tokens().mask().orElse(-1),
                start,
                TokenEvent.Listener.NONE,
                tokenizer.stream(),
                new Cancellation());
        Reasons.guarded(() -> sampler.component().check(facts(), grid, canvas, reasons.refusals()));
    }

    private TokenDenoiser facts() {
        return new TokenDenoiser() {
            @Override
            public Vocabulary vocabulary() {
                return model.vocabulary();
            }

            @Override
            public boolean answers(Query query) {
                return model.role(query, scale != 1).isPresent();
            }

            @Override
            public void predict(Canvas x, Rows rows) {
                throw new IllegalStateException("a check must not call the network");
            }
        };
    }
}
