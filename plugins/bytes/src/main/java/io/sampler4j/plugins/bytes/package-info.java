/** The plugin {@code bytes}: the plainest tokenizer. */
package io.sampler4j.plugins.bytes;
