package io.sampler4j.model;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a codec's codes and pixels hang together, beyond its networks.
 *
 * @param codebook the file of the codes' vectors, where looking them up is left to the host: little-endian float32,
 *     [vocabulary, channels]; one of the listed files. Empty where the networks speak of codes themselves
 * @param reach how many codes around its own a pixel, and a code, depends on; empty where on all of them, as with a
 *     normalisation over the picture
 */
public record CodecSpec(Optional<String> codebook, OptionalInt reach) {}
