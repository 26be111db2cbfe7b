package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.TokenizerSpec;
import io.sampler4j.runtime.text.ChatTemplate;
import io.sampler4j.runtime.text.HuggingFaceText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Optional;

/** Finds a model's tokenizer: the host's own for {@code tokenizer.json}, a plugin's for any other kind. */
final class Tokenizers {
    private static final String HUGGING_FACE = "hugging-face";
    private static final String TEMPLATE = "chat_template.jinja";

    private Tokenizers() {}

    /** @param now the time that a chat template is told */
    static Tokenizer of(ModelDirectory directory, boolean parseControl, LocalDateTime now, Leases leases) {
        TokenizerSpec spec = directory
                .manifest()
                .tokenizer()
                .orElseThrow(() -> new RefusedException(directory.name()
                        + " names no tokenizer: say in its manifest which kind and file turn text into its ids"));
        if (!spec.kind().equals(HUGGING_FACE)) {
            return leases.registry()
                    .make(Tokenizer.class, spec.kind(), spec.options())
                    .component();
        }
        String file = spec.file()
                .orElseThrow(() -> new RefusedException(directory.name() + ": a tokenizer of kind " + HUGGING_FACE
                        + " needs a file, such as tokenizer.json"));
        return leases.add(HuggingFaceText.load(directory.file(file), parseControl, () -> chat(directory, spec, now)));
    }

    /** The files of Hugging Face: a template of its own beside the tokenizer goes before that of the configuration. */
    private static ChatTemplate chat(ModelDirectory directory, TokenizerSpec spec, LocalDateTime now) {
        String beside = Path.of(spec.file().orElseThrow())
                .resolveSibling(TEMPLATE)
                .toString()
                .replace('\\', '/');
        boolean there = directory.manifest().files().containsKey(beside)
                || Files.exists(directory.path().resolve(beside));
        return ChatTemplate.read(
                spec.config().map(directory::file),
                there ? Optional.of(directory.file(beside)) : Optional.empty(),
                now);
    }
}
