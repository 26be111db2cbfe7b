/** What a run writes and reads: arrays, pictures, moving pictures, each whole or not at all. */
package io.sampler4j.runtime.output;
