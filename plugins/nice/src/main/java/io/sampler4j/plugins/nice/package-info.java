/** Normalizing flows in the manner of NICE (Dinh et al. 2014): one call for a sample, exact likelihoods, inpainting. */
package io.sampler4j.plugins.nice;
