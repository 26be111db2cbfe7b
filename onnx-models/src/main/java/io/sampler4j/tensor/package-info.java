/** The host's tensors: the memory behind {@link io.sampler4j.api.Tensor}. */
package io.sampler4j.tensor;
