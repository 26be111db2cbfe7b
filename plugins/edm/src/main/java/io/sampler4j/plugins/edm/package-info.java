/** EDM (Karras et al. 2022): Algorithm 2 and the grid of its equation 5. */
package io.sampler4j.plugins.edm;
