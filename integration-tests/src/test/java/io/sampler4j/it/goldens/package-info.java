/**
 * The reference's own full loops, replayed element by element through the shipped plugin jars and the public API. A
 * family's test extends {@link io.sampler4j.it.goldens.GoldenLoops} and says how one recorded loop is asked for.
 */
package io.sampler4j.it.goldens;
