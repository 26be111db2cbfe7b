/** The plugin {@code vqgan}: codes of pictures by a transformer prior. */
package io.sampler4j.plugins.vqgan;
