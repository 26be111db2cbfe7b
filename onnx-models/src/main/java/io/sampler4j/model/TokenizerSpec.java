package io.sampler4j.model;

import java.util.Map;
import java.util.Optional;

/**
 * What turns text into ids and back. Special ids, merges and the template come from its own files.
 *
 * @param kind the name of a tokenizer, such as {@code hugging-face} or {@code bytes}
 * @param file its table, such as {@code tokenizer.json}; empty where it needs none
 * @param config where its chat template is, such as {@code tokenizer_config.json}
 * @param options name -> value as a user would type it
 */
public record TokenizerSpec(String kind, Optional<String> file, Optional<String> config, Map<String, String> options) {
    /** Copies the map, in order. */
    public TokenizerSpec {
        options = Ordered.copy(options);
    }
}
