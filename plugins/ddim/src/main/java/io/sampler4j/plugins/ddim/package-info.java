/** DDIM: from deterministic to ancestral sampling, and its inversion (Song et al. 2021). */
package io.sampler4j.plugins.ddim;
