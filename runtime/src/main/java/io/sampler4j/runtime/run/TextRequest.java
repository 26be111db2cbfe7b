package io.sampler4j.runtime.run;

import io.sampler4j.api.text.Tokenizer.Message;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What a caller asks of a token model: one text or several, and what shall differ from the model's own defaults. Immutable:
 * every method gives a new request. Nothing is checked here; {@code plan} checks it all and names every reason at once.
 * Request k of a run with seed s is the run of one request with seed s + k.
 */
public final class TextRequest {
    /** Tokens made where no length is said and the model has room for them. */
    static final int LENGTH = 64;

    private final String model;
    private List<String> prompts = List.of("");
    private List<List<Message>> chats = List.of();
    private LocalDateTime now;
    private String infill;
    private Integer length;
    private boolean control;
    private String sampler;
    private String scheduler;
    private Integer steps;
    private Long seed;
    private Double cfgScale;
    private Map<String, String> settings = Map.of();
    private Integer batch;
    private String device = "cpu";
    private Integer threads;
    private Path resume;
    private Path saveCanvas;

    private TextRequest(String model) {
        this.model = model;
    }

    private TextRequest with(Consumer<TextRequest> change) {
        TextRequest r = new TextRequest(model);
        r.prompts = prompts;
        r.chats = chats;
        r.now = now;
        r.infill = infill;
        r.length = length;
        r.control = control;
        r.sampler = sampler;
        r.scheduler = scheduler;
        r.steps = steps;
        r.seed = seed;
        r.cfgScale = cfgScale;
        r.settings = settings;
        r.batch = batch;
        r.device = device;
        r.threads = threads;
        r.resume = resume;
        r.saveCanvas = saveCanvas;
        change.accept(r);
        return r;
    }

    /** A request for one text of this model, by its name in the models directory or by the path of its directory. */
    public static TextRequest of(String model) {
        return new TextRequest(model);
    }

    /** What the text begins with. */
    public TextRequest prompt(String text) {
        return prompts(List.of(text));
    }

    /** What each of several texts begins with. */
    public TextRequest prompts(List<String> texts) {
        return with(r -> {
            r.prompts = List.copyOf(texts);
            r.chats = List.of();
        });
    }

    /** A conversation that the model shall answer, written as its chat template says; in place of a prompt. */
    public TextRequest chat(List<Message> messages) {
        return chats(List.of(messages));
    }

    /** Several conversations, each to be answered. */
    public TextRequest chats(List<List<Message>> conversations) {
        return with(r -> {
            r.chats = conversations.stream().map(List::copyOf).toList();
            r.prompts = List.of();
        });
    }

    /** The time that a chat template is told. Default: now. */
    TextRequest now(LocalDateTime time) {
        return with(r -> r.now = time);
    }

    /** A text with holes: {@code [MASK:3]} is three tokens to be found, {@code [MASK]} one; a space before it is the hole's. */
    public TextRequest infill(String text) {
        return with(r -> r.infill = text);
    }

    /** Tokens made after each prompt. Default: 64, or what the model's context leaves. */
    public TextRequest length(int tokens) {
        return with(r -> r.length = tokens);
    }

    /** Whether control tokens in the texts are control tokens; else they are plain text. */
    public TextRequest control(boolean parse) {
        return with(r -> r.control = parse);
    }

    /** The sampler, by name or alias. Default: the model's. */
    public TextRequest sampler(String name) {
        return with(r -> r.sampler = name);
    }

    /** The curve, by name or alias. Default: the model's. */
    public TextRequest scheduler(String name) {
        return with(r -> r.scheduler = name);
    }

    /** Steps. Default: the model's. */
    public TextRequest steps(int n) {
        return with(r -> r.steps = n);
    }

    /** The seed of the first request. Default: one is drawn, and recorded. */
    public TextRequest seed(long value) {
        return with(r -> r.seed = value);
    }

    /** The scale of unsupervised classifier-free guidance; 1 is off, the papers' w is scale - 1. */
    public TextRequest cfgScale(double scale) {
        return with(r -> r.cfgScale = scale);
    }

    /** An option of a component, such as {@code temperature}, or {@code sampler.temperature}. */
    public TextRequest set(String key, String value) {
        return with(r -> {
            Map<String, String> more = new LinkedHashMap<>(r.settings);
            more.put(key, value);
            r.settings = java.util.Collections.unmodifiableMap(more);
        });
    }

    /** Texts in one call of the network. Default: up to 16. Changes no token where lengths are alike. */
    public TextRequest batch(int n) {
        return with(r -> r.batch = n);
    }

    /** {@code cpu} or {@code cuda[:n]}. */
    public TextRequest device(String name) {
        return with(r -> r.device = name);
    }

    /** Processor cores to use. Default: all. */
    public TextRequest threads(int n) {
        return with(r -> r.threads = n);
    }

    /** Goes on from canvases that {@link #saveCanvas} wrote, in place of prompts. */
    public TextRequest resume(Path canvas) {
        return with(r -> r.resume = canvas);
    }

    /** Writes the canvases when the run ends, and also when it is cancelled: {@link #resume} goes on from there. */
    public TextRequest saveCanvas(Path file) {
        return with(r -> r.saveCanvas = file);
    }

    /** The model's name, or the path of its directory. */
    public String model() {
        return model;
    }

    List<String> prompts() {
        return prompts;
    }

    List<List<Message>> chats() {
        return chats;
    }

    LocalDateTime now() {
        return now == null ? LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS) : now;
    }

    Optional<String> infill() {
        return Optional.ofNullable(infill);
    }

    OptionalInt length() {
        return length == null ? OptionalInt.empty() : OptionalInt.of(length);
    }

    boolean control() {
        return control;
    }

    Optional<String> sampler() {
        return Optional.ofNullable(sampler);
    }

    Optional<String> scheduler() {
        return Optional.ofNullable(scheduler);
    }

    OptionalInt steps() {
        return steps == null ? OptionalInt.empty() : OptionalInt.of(steps);
    }

    OptionalLong seed() {
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    OptionalDouble cfgScale() {
        return cfgScale == null ? OptionalDouble.empty() : OptionalDouble.of(cfgScale);
    }

    Map<String, String> settings() {
        return settings;
    }

    int batch() {
        return batch == null ? 16 : batch;
    }

    String device() {
        return device;
    }

    OptionalInt threads() {
        return threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
    }

    Optional<Path> resume() {
        return Optional.ofNullable(resume);
    }

    Optional<Path> saveCanvas() {
        return Optional.ofNullable(saveCanvas);
    }
}
