/** Flows and other generators: networks that make a sample from a latent in one call, and back where they can. */
package io.sampler4j.model.flow;
