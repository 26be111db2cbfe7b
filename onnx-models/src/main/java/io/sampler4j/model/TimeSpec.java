package io.sampler4j.model;

/**
 * How the noise level is told to the network.
 *
 * @param kind {@code index} (training step, from 0), {@code t} (in [0, 1]: the process's), {@code sigma} (sigma/alpha) or
 *     {@code c_noise} (of the preconditioning: ln(sigma) / 4 for EDM, ln(sigma / 2) for VE, t for VP, the nearest
 *     training step for iDDPM; Karras et al. 2022, table 1)
 * @param scale what it is multiplied by, such as 1000
 * @param direction {@code noise-at-1} or {@code data-at-1}: which end of [0, 1] is noise, for the kind {@code t}
 * @param perSample whether the input holds one time for each sample of the batch, or one for all
 */
public record TimeSpec(String kind, double scale, String direction, boolean perSample) {}
