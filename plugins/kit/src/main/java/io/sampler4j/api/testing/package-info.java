/**
 * The rules that a plugin keeps, as assertions ({@link io.sampler4j.api.testing.PluginAssertions}), and the doubles of the
 * host that they stand on: tensors, runs, canvases, and networks whose exact solution is known.
 */
package io.sampler4j.api.testing;
