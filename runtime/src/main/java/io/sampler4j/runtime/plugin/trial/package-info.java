/**
 * Two steps of every kind of component against models whose answers are known in closed form: what a probe runs, in a
 * JVM of its own, before a plugin goes live.
 */
package io.sampler4j.runtime.plugin.trial;
