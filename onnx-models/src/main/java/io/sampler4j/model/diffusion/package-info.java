/**
 * The model side of continuous methods: beta schedules and noise processes, a network's parameterization, coordinates
 * and time, learned variance, clipping and thresholding. Samplers see none of it.
 */
package io.sampler4j.model.diffusion;
