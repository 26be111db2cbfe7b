package io.sampler4j.runtime.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.plugin.Offer;
import io.sampler4j.api.stage.Score;
import io.sampler4j.api.stage.TokenScorer;
import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.api.token.Query;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.TokensSpec;
import io.sampler4j.model.tokens.TokenBatch;
import io.sampler4j.model.tokens.TokenKernels;
import io.sampler4j.model.tokens.TokenModel;
import io.sampler4j.onnx.Cancellation;
import io.sampler4j.onnx.Device;
import io.sampler4j.onnx.Network;
import io.sampler4j.onnx.NetworkOptions;
import io.sampler4j.onnx.OnnxRuntime;
import io.sampler4j.runtime.plugin.Registry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** How likely a text is after another, under a token model: a run that draws no token. */
final class TextScoring {
    private TextScoring() {}

    /** Bits for each byte of the text, in UTF-8. */
    static Scores score(
            TextRequest request,
            Optional<String> scorerName,
            String text,
            ModelDirectory directory,
            Leases leases,
            Cancellation cancellation) {
        Reasons reasons = new Reasons();
        Components components = new Components(leases.registry(), directory.manifest(), reasons);
        List<String> there = leases.registry().offers().stream()
                .filter(o -> o.kind() == TokenScorer.class)
                .map(Offer::name)
                .sorted()
                .toList();
        Optional<String> name = scorerName.or(() -> there.size() == 1 ? Optional.of(there.get(0)) : Optional.empty());
        reasons.unless(
                name.isPresent(), "say which scorer, with --scorer; there are %s", components.names(TokenScorer.class));
        components.declare("scorer", TokenScorer.class, name);
        components.route(request.settings());
        Registry.Made<TokenScorer> scorer =
                components.make("scorer", TokenScorer.class, name).orElse(null);
        Device device = reasons.collect(() -> Device.parse(request.device())).orElse(null);
        int threads = request.threads().orElse(Runtime.getRuntime().availableProcessors());
        reasons.unless(threads >= 1, "--threads must be 1 or more");
        reasons.unless(request.chats().isEmpty(), "a text is scored after a prompt, not after a conversation");
        reasons.settle();
        TokenModel model = new TokenModel(directory.manifest());
        Tokenizer tokenizer = Tokenizers.of(directory, request.control(), request.now(), leases);
        HostCanvas.Saved start = canvas(request.prompts().get(0), text, model.tokens(), tokenizer, directory);
        double scale = request.cfgScale().orElse(1);
        String role = model.role(Query.token().with(Query.Stat.GIVEN), scale != 1)
                .orElseThrow(() -> new RefusedException("no network of " + directory.name()
                        + " gives the probability of a given token: export it with logits"));
        long seed = request.seed()
                .orElseGet(() -> (long) ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
        Network network = leases.network(directory, role, new NetworkOptions(device, threads));
        HostCanvas canvas = new HostCanvas(
                0,
                seed,
                model.tokens().mask().orElse(-1),
                start,
                TokenEvent.Listener.NONE,
                tokenizer.stream(),
                cancellation);
        int open = canvas.openIn(0, canvas.length());
        try (TokenBatch batch = new TokenBatch(model, network, role, scale, false, threads, cancellation);
                TokenBatch.Member denoiser = batch.join()) {
            Score score = Reasons.told(() -> scorer.component().score(denoiser, model.process(open), canvas, canvas));
            ObjectNode record = JsonNodeFactory.instance.objectNode();
            record.put("format", 1).put("verb", "score");
            Record.model(record.putObject("model"), directory);
            Record.component(record.putObject("scorer"), scorer);
            record.put("prompt", request.prompts().get(0)).put("text", text);
            record.put("tokens", open).put("cfgScale", scale).put("seed", seed).put("nfe", batch.calls());
            ObjectNode platform = record.putObject("platform");
            platform.put("sampler4j", Record.version()).put("onnxruntime", OnnxRuntime.version());
            platform.put("device", device.toString()).put("threads", threads).put("logits", TokenKernels.name());
            double bytes = text.getBytes(StandardCharsets.UTF_8).length;
            return new Scores(
                    new Score[] {score},
                    new double[] {bytes},
                    "byte",
                    scorer.offer().name(),
                    batch.calls(),
                    seed,
                    record);
        }
    }

    /** The prompt given, the text open and settled. */
    private static HostCanvas.Saved canvas(
            String prompt, String text, TokensSpec tokens, Tokenizer tokenizer, ModelDirectory directory) {
        int[] given = Canvases.begun(tokenizer.encode(prompt), tokens), scored = tokenizer.encode(text);
        if (scored.length == 0) throw new RefusedException("there is no text to score: say one with --text");
        int n = given.length + scored.length;
        if (n > tokens.length()) {
            throw new RefusedException("the prompt has " + given.length + " tokens and the text " + scored.length
                    + ", and the context of " + directory.name() + " is " + tokens.length() + ": score it in parts");
        }
        int[] ids = Arrays.copyOf(given, n);
        System.arraycopy(scored, 0, ids, given.length, scored.length);
        boolean[] open = new boolean[n];
        Arrays.fill(open, given.length, n, true);
        double[] probability = new double[n];
        Arrays.fill(probability, 1);
        return new HostCanvas.Saved(ids, open, new boolean[n], probability, 0);
    }

    /** What the greedy run is asked for: one token a step, the surest first, never stopping before the text's length. */
    static TextRequest greedy(TextRequest request, int tokens) {
        return request.length(tokens)
                .sampler("llada")
                .scheduler("linear")
                .steps(tokens)
                .set("sampler.temperature", "0")
                .set("sampler.choice", "confidence")
                .set("sampler.block-length", "0")
                .set("sampler.stop-at-end", "false");
    }
}
