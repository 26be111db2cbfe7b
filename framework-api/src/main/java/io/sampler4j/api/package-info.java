/**
 * What all kinds of method share: the {@link io.sampler4j.api.Sampler} as a stateless function, the
 * {@link io.sampler4j.api.Run} that it serves, {@link io.sampler4j.api.Tensor} as its continuous state. Start at one of
 * the kinds: {@code diffusion} (DDPM, DDIM, EDM, rectified flow), {@code token} (LLaDA, MaskGIT, autoregression),
 * {@code generator} (NICE); a plugin is a {@link io.sampler4j.api.plugin.Contribution}. The page {@code METHODS.md} of
 * this module shows which types each method uses and how data flows.
 */
package io.sampler4j.api;
