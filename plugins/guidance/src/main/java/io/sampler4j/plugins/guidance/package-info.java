/** Guidance: estimators made of two answers, of one network or of two. */
package io.sampler4j.plugins.guidance;
