/** The predictor-corrector sampler of score-based generative models (Song et al. 2021). */
package io.sampler4j.plugins.scoresde;
