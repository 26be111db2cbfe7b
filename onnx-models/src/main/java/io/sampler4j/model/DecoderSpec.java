package io.sampler4j.model;

/**
 * The second stage of a two-stage model: another model, found in the models directory, whose decoder turns this one's
 * samples into pixels.
 *
 * @param model its name
 * @param sha256 of its model.json
 * @param scale a latent is divided by it before it is decoded
 * @param shift then this is added
 */
public record DecoderSpec(String model, String sha256, double scale, double shift) {}
