package io.sampler4j.model;

/**
 * The boundary condition of a network distilled as a latent consistency model (Luo et al. 2023, section 4.1, with the
 * scalings of its authors' code): its x0 is c_skip x + c_out x0, where tau is its time times {@code timeScale}.
 *
 * @param sigmaData c_skip = sigmaData^2 / (tau^2 + sigmaData^2), c_out = tau / sqrt(tau^2 + sigmaData^2)
 * @param timeScale what the network's time, before {@code time.scale}, is multiplied by
 */
public record BoundarySpec(double sigmaData, double timeScale) {}
