/** Token networks: the question of a sampler answered in the cheapest way an export allows, and the pass over logits. */
package io.sampler4j.model.tokens;
