package io.sampler4j.model;

import java.util.Map;

/**
 * One network of a model: its file, and what its tensors mean.
 *
 * @param file relative to the model's directory, one of its listed files
 * @param inputs meaning -> tensor name, such as {@code x -> sample}, {@code time -> timestep}, {@code class -> y},
 *     {@code text -> encoder_hidden_states}, {@code ids -> input_ids}, {@code latent -> z}
 * @param outputs meaning -> tensor name, such as {@code prediction -> out_sample}, {@code logits -> logits}
 */
public record NetworkSpec(String file, Map<String, String> inputs, Map<String, String> outputs) {
    /** Copies the maps, in order. */
    public NetworkSpec {
        inputs = Ordered.copy(inputs);
        outputs = Ordered.copy(outputs);
    }
}
