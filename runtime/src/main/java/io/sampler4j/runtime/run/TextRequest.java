package io.sampler4j.runtime.run;

import io.sampler4j.api.text.Tokenizer.Message;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a caller asks of a token model: one text or several, and what shall differ from the model's own defaults. Immutable:
 * every method gives a new request. Nothing is checked here; {@code plan} checks it all and names every reason at once.
 * Request k of a run with seed s is the run of one request with seed s + k.
 */
public final class TextRequest extends RunRequest<TextRequest> {
    /** Tokens made where no length is said and the model has room for them. */
    static final int LENGTH = 64;

    private List<String> prompts = List.of("");
    private List<List<Message>> chats = List.of();
    private LocalDateTime now;
    private String infill;
    private Integer length;
    private boolean control;
    private Path resume;
    private Path saveCanvas;

    private TextRequest(String model) {
        super(model);
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

    /** Goes on from canvases that {@link #saveCanvas} wrote, in place of prompts. */
    public TextRequest resume(Path canvas) {
        return with(r -> r.resume = canvas);
    }

    /** Writes the canvases when the run ends, and also when it is cancelled: {@link #resume} goes on from there. */
    public TextRequest saveCanvas(Path file) {
        return with(r -> r.saveCanvas = file);
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

    Optional<Path> resume() {
        return Optional.ofNullable(resume);
    }

    /** Where canvases are written when the run ends, if that was asked for. */
    public Optional<Path> saveCanvas() {
        return Optional.ofNullable(saveCanvas);
    }
}
