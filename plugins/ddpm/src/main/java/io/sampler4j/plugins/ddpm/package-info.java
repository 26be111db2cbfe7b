/** DDPM: the ancestral sampler of denoising diffusion (Ho et al. 2020). */
package io.sampler4j.plugins.ddpm;
