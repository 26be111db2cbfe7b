/** Random sources, each reproducing one that networks are sampled with elsewhere. */
package io.sampler4j.runtime.random;
