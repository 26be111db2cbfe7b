/**
 * The host, and the Java API of applications: {@link io.sampler4j.runtime.Sampler4j} opens it,
 * {@link io.sampler4j.runtime.run.Request} says what is wanted, {@link io.sampler4j.runtime.run.Result} is what was made.
 */
package io.sampler4j.runtime;
