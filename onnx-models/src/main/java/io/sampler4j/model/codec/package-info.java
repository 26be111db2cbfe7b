/** Codes to pixels and back: a codec's networks, its codebook, pictures larger than they take. */
package io.sampler4j.model.codec;
