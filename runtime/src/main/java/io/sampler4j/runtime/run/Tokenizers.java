package io.sampler4j.runtime.run;

import io.sampler4j.api.error.RefusedException;
import io.sampler4j.api.text.Tokenizer;
import io.sampler4j.model.ModelDirectory;
import io.sampler4j.model.TokenizerSpec;
import io.sampler4j.runtime.text.HuggingFaceText;

/** Finds a model's tokenizer: the host's own for {@code tokenizer.json}, a plugin's for any other kind. */
final class Tokenizers {
    private static final String HUGGING_FACE = "hugging-face";

    private Tokenizers() {}

    static Tokenizer of(ModelDirectory directory, boolean parseControl, Leases leases) {
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
        return leases.add(HuggingFaceText.load(directory.file(file), parseControl));
    }
}
