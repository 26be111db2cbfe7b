/** Tokenizers of the host: Hugging Face's, through its native library, which lives once in the host's class loader. */
package io.sampler4j.runtime.text;
