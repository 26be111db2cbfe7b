/** The plugin {@code llada}: masked diffusion over text. */
package io.sampler4j.plugins.llada;
